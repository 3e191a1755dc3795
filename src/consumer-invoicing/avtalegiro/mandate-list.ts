import sql from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { ADMINS } from '../../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { strict, TimeText, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';

export const MandateShape = strict({
  kid: Type.String(),
  account_number: Type.String({ description: 'Of the company: the payer’s is not told' }),
  notification: Type.Boolean({ description: 'The payer wants to be told of each claim' }),
  status: Type.Enum(['ACTIVE', 'INACTIVE']),
  updated_at: TimeText,
});

interface MandateRow {
  kid: string;
  account_number: string;
  notification: boolean;
  is_active: boolean;
  updated_at: Date;
}

export interface MandateFilter {
  changedSince: Date | null;
  status: 'ACTIVE' | 'INACTIVE' | null;
}

/** Limit of one response of the protocol, which has no pages. */
export const MOST_MANDATES = 100_000;

/** Mandates by time of change, each in its latest state. `page` null: all that one response may hold. */
export const listMandates = readOperation({
  name: 'consumer_invoicing.avtalegiro.mandates',
  access: { kind: 'client', scope: 'read:accounting', roles: ADMINS },
  async run({ tx, clientAccountId }, { filter, page }: { filter: MandateFilter; page: Page | null }) {
    const condition = sql`client_account_id = ${clientAccountId}
      and (${filter.changedSince}::timestamptz is null or updated_at >= ${filter.changedSince})
      and (${filter.status}::text is null or is_active = (${filter.status} = 'ACTIVE'))`;
    const shown = page ?? { page: 1, perPage: MOST_MANDATES };
    const rows = await tx.rows<MandateRow>(sql`
      select kid, account_number, notification, is_active, updated_at from avtalegiro_mandates where ${condition}
      order by updated_at, account_number, kid ${limitOffset(shown)}`);
    const records =
      page === null
        ? rows.length
        : (
            await tx.one<{ records: number }>(
              sql`select count(*) as records from avtalegiro_mandates where ${condition}`,
            )
          ).records;
    const data = rows.map((row) => ({
      kid: row.kid,
      account_number: row.account_number,
      notification: row.notification,
      status: row.is_active ? ('ACTIVE' as const) : ('INACTIVE' as const),
      updated_at: isoSeconds(row.updated_at),
    }));
    return envelope(data, shown, records);
  },
});
