import type { LocalDate } from '../../kernel/local-date.ts';
import { type Ore, ore, parsePercent, type Percent } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { KnownAt } from '../figures/known-at.ts';
import type { ReportRange } from '../foundations/report-range.ts';

/** One base line with its VAT. Amounts credit − debit. */
export interface VatTransaction {
  /** The day its VAT belongs to; for a late entry in an earlier term than its date. */
  vatDate: LocalDate;
  date: LocalDate;
  entryId: number;
  lineNo: number;
  series: string;
  fiscalYear: number;
  number: number;
  memo: string;
  account: string;
  taxCode: string;
  rate: Percent | null;
  base: Ore;
  /**
   * base × rate × deduction: for sales output VAT, otherwise deduction. Import VAT paid: the line itself, without base.
   */
  calculated: Ore;
  /** Output VAT of reverse charge and import. */
  calculatedAcquisition: Ore;
  /** Its VAT lines; null: it has none. */
  posted: Ore | null;
  vatAccounts: string[];
}

export interface TransactionKey {
  vatDate: LocalDate;
  entryId: number;
  lineNo: number;
}

export interface TransactionsAsked {
  clientAccountId: number;
  range: ReportRange;
  /** Null: of every code. */
  taxCode: string | null;
  after: TransactionKey | null;
  size: number;
  known: KnownAt | null;
}

interface Row {
  vat_date: LocalDate;
  entry_date: LocalDate;
  id: number;
  line_no: number;
  series: string;
  fiscal_year: number;
  sequence_number: number;
  memo: string;
  account_code: string;
  tax_code: string;
  tax_rate: string | null;
  base: number;
  calculated: string;
  acquisition: string;
  posted: string | null;
  vat_accounts: string[];
}

/** Entries with VAT in the range after the key, either late ones or all others, by their VAT day. */
const part = (day: string, late: boolean) => `
  (select ${day} as vat_date, e.entry_date, e.id, e.series, e.fiscal_year, e.sequence_number, e.memo as entry_memo, l.line_no,
    l.account_code, l.memo, l.tax_code, l.tax_rate, l.tax_deduction, l.credit - l.debit as amount
  from journal_entries e
  join journal_entry_lines l on l.client_account_id = e.client_account_id and l.entry_id = e.id
  where e.client_account_id = $1 and ${day} between $2::date and $3::date and e.posting_no <= $4::bigint
    and e.vat_term is ${late ? 'not null' : 'null'} and (${day}, e.id, l.line_no) > ($5::date, $6::bigint, $7::int)
    and l.tax_code is not null and l.base_line_no is null and ($8::text is null or l.tax_code = $8)
  order by ${day}, e.id, l.line_no limit $9)`;

const TRANSACTIONS = `
with b as materialized (
  select * from (${part('e.entry_date', false)} union all ${part('e.vat_term', true)}) u
  order by vat_date, id, line_no limit $9
)
select b.vat_date, b.entry_date, b.id, b.line_no, b.series, b.fiscal_year, b.sequence_number,
  coalesce(nullif(b.memo, ''), b.entry_memo) as memo, b.account_code, b.tax_code, b.tax_rate,
  case when t.is_import_paid then 0 else b.amount end as base,
  case when t.is_import_paid then b.amount when t.direction = 'none' then 0
    when t.direction = 'sale' then round(b.amount * coalesce(b.tax_rate, 0) / 100)
    else round(b.amount * coalesce(b.tax_rate, 0) * coalesce(b.tax_deduction, 100) / 10000) end::text as calculated,
  case when t.direction = 'reverse' then round(-b.amount * coalesce(b.tax_rate, 0) / 100) else 0 end::text as acquisition,
  case when t.is_import_paid then b.amount else v.posted end::text as posted,
  case when t.is_import_paid then array[b.account_code] else coalesce(v.accounts, '{}') end as vat_accounts
from b
join tax_codes t on t.client_account_id = $1 and t.code = b.tax_code
left join lateral (
  select sum(v.credit - v.debit) as posted, array_agg(distinct v.account_code order by v.account_code) as accounts
  from journal_entry_lines v where v.client_account_id = $1 and v.entry_id = b.id and v.base_line_no = b.line_no
    and v.tax_code is not null
) v on true
order by b.vat_date, b.id, b.line_no`;

/** A page of base lines with their VAT in order of VAT date, entry and line. */
export async function readVatTransactions(tx: Transaction, asked: TransactionsAsked): Promise<VatTransaction[]> {
  const { clientAccountId, range, taxCode, after, size, known } = asked;
  const rows = await tx.named<Row>('vat-transactions', TRANSACTIONS, [
    clientAccountId,
    range.from,
    range.to,
    known?.postingNo ?? Number.MAX_SAFE_INTEGER,
    after?.vatDate ?? '-infinity',
    after?.entryId ?? 0,
    after?.lineNo ?? 0,
    taxCode,
    size,
  ]);
  return rows.map((row) => ({
    vatDate: row.vat_date,
    date: row.entry_date,
    entryId: row.id,
    lineNo: row.line_no,
    series: row.series,
    fiscalYear: row.fiscal_year,
    number: row.sequence_number,
    memo: row.memo,
    account: row.account_code,
    taxCode: row.tax_code,
    rate: row.tax_rate === null ? null : parsePercent(row.tax_rate),
    base: ore(row.base),
    calculated: ore(row.calculated),
    calculatedAcquisition: ore(row.acquisition),
    posted: row.posted === null ? null : ore(row.posted),
    vatAccounts: row.vat_accounts,
  }));
}
