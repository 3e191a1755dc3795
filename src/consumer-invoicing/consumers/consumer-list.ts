import sql, { raw } from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { CONSUMER_COLUMNS, consumerJson, type ConsumerRow } from './consumer-agreement.ts';
import { consumerCondition, type ConsumerFilter } from './consumer-filter.ts';

/** Without a page limit of its own the protocol would let one call read everything. */
export const MOST_CONSUMERS = 10_000;

/** The company's consumers, in the order of their changes. `page` null: all that one answer may hold. */
export const listConsumers = readOperation({
  name: 'consumer_invoicing.consumers.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, { filter, page }: { filter: ConsumerFilter; page: Page | null }) {
    const condition = consumerCondition([clientAccountId], filter);
    const shown = page ?? { page: 1, perPage: MOST_CONSUMERS };
    const rows = await tx.rows<ConsumerRow>(sql`
      select ${raw(CONSUMER_COLUMNS)} from consumer_agreements where ${condition}
      order by updated_at, id ${limitOffset(shown)}`);
    const records =
      page === null
        ? rows.length
        : (
            await tx.one<{ records: number }>(
              sql`select count(*) as records from consumer_agreements where ${condition}`,
            )
          ).records;
    return envelope(rows.map(consumerJson), shown, records);
  },
});
