import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import type { Term } from './term.ts';

/** The state of the books when the figures of a term were read. */
export interface KnownState {
  /** The last posting included. */
  postingNo: number;
  /** Settlements that overlap the term, including cancelled ones. */
  count: number;
  /** VAT accounts of the figures. */
  accounts: readonly string[];
  /** An entry posted with them, which does not count as a change. */
  own?: number;
}

/** Under the row lock: throws if the term was settled, or VAT of it posted, since the figures were read. */
export async function refuseChanges(
  tx: Transaction,
  clientAccountId: number,
  { from, to }: Term,
  { postingNo, count, accounts, own = 0 }: KnownState,
): Promise<void> {
  const { changed } = await tx.one<{ changed: boolean }>(sql`
    select exists (
      select 1 from journal_entries e
      join journal_entry_lines l on l.client_account_id = e.client_account_id and l.entry_id = e.id
      where e.client_account_id = ${clientAccountId} and e.posting_no > ${postingNo} and e.id <> ${own}
        and coalesce(e.vat_term, e.entry_date) between ${from} and ${to}
        and (l.tax_code is not null or l.account_code = any(${[...accounts]}::text[]))
    ) or (select count(*) from vat_settlements
      where client_account_id = ${clientAccountId} and from_date <= ${to} and to_date >= ${from}) <> ${count}
      or exists (select 1 from vat_settlements s
        join journal_entries c on c.client_account_id = s.client_account_id and c.cancels_entry_id = s.journal_entry_id
        where s.client_account_id = ${clientAccountId} and s.from_date <= ${to} and s.to_date >= ${from}
          and c.posting_no > ${postingNo}) as changed`);
  if (changed) throw requestErrors.concurrent_change();
}
