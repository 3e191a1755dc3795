import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import { transactionKey } from './audit-file/audit-book.ts';
import type { LineRow } from './books/entry-writer.ts';
import { KeySet } from './key-set.ts';
import type { Ledger } from './books/ledger-head.ts';

const AT_ONCE = 5_000;

/**
 * Vouchers from earlier SAF-T imports, by `transactionKey`, each with the fingerprint of its day and lines; and whether
 * the books have any entry at all.
 */
export async function presentVouchers(ledger: Ledger): Promise<{ present: KeySet; isFresh: boolean }> {
  const present = new KeySet();
  const { tx, clientAccountId } = ledger;
  const { some } = await tx.one<{ some: boolean }>(sql`
    select exists (select from journal_entries where client_account_id = ${clientAccountId}) as some`);
  if (!some) return { present, isFresh: true };
  for (let after = 0; ;) {
    // The text of a line has the form of `lineText`.
    const rows = await tx.rows<{
      id: number;
      fiscal_year: number;
      transaction_id: string | null;
      journal_id: string | null;
      mark: string;
    }>(sql`
      select e.id, e.fiscal_year, e.origin ->> 'transaction_id' as transaction_id,
        coalesce(e.origin ->> 'journal_id', e.series) as journal_id, left(md5(l.text), 8) as mark
      from (
        select id, fiscal_year, series, entry_date, origin from journal_entries
        where client_account_id = ${clientAccountId} and id > ${after} and source = 'saf-t' order by id limit ${AT_ONCE}
      ) e
      cross join lateral (
        select e.entry_date::text || string_agg(concat_ws(' ', ';' || replace(account_code, ' ', '_'), debit - credit,
          'p' || business_partner_id, 'd' || dimension_set_id, 't' || replace(tax_code, ' ', '_'), 'v' || tax_amount,
          currency_code || trim_scale(currency_amount)::text), '' order by line_no) as text
        from journal_entry_lines where client_account_id = ${clientAccountId} and entry_id = e.id
      ) l
      order by e.id`);
    for (const row of rows) {
      if (row.transaction_id !== null)
        present.add(transactionKey(row.fiscal_year, row.journal_id ?? '', row.transaction_id), parseInt(row.mark, 16));
    }
    if (rows.length === 0) return { present, isFresh: false };
    after = rows.at(-1)!.id;
  }
}

/** Hash, in 32 bits, of the fields that make a voucher the same. Texts and references may have been corrected since. */
export function fingerprint(date: string, lines: readonly LineRow[]): number {
  const hash = createHash('md5').update(date);
  for (const line of lines) hash.update(lineText(line));
  return hash.digest().readUInt32BE(0);
}

function lineText(line: LineRow): string {
  const parts = [`;${line.account.replaceAll(' ', '_')}`, String(line.debit - line.credit)];
  if (line.partnerId !== null) parts.push(`p${line.partnerId}`);
  if (line.dimensionSetId !== null) parts.push(`d${line.dimensionSetId}`);
  if (line.taxCode !== null) parts.push(`t${line.taxCode.replaceAll(' ', '_')}`);
  if (line.taxAmount !== null) parts.push(`v${line.taxAmount}`);
  if (line.currencyCode !== null) parts.push(`${line.currencyCode}${line.currencyAmount}`);
  return parts.join(' ');
}
