import sql, { raw } from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { CONSUMER_COLUMNS, consumerJson, type ConsumerRow } from './consumer-agreement.ts';
import { consumerCondition, type ConsumerFilter } from './consumer-filter.ts';

/** The protocol has no page limit: one call could read everything. */
export const MOST_CONSUMERS = 10_000;

/** The company's consumers, by time of change. `page` null: all that one response may hold. */
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
