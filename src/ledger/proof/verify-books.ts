import sql from 'sql-template-tag';
import { formatAmount, ore } from '../../kernel/money.ts';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { vatNoteDifferences, vatSumDifferences } from '../vat/vat-fold.ts';
import { verifyChain } from './verify-chain.ts';
import { DERIVED_CHECKS } from './verify-derived.ts';
import { LARGEST_LIST } from './verify-list.ts';
import { recordsHaveTheirEntries } from './verify-records.ts';

/** A difference between the stored books and what their lines prove. */
export interface Finding {
  clientAccountId: number;
  check: string;
  /** Which record, and what is wrong with it: found and expected. */
  message: string;
}

type Check = (tx: Transaction, clientAccountId: number) => Promise<string[]>;

const CHECKS: readonly [name: string, check: Check][] = [
  ['double entry', entriesBalance],
  ['entry dates', linesHaveTheirEntrysDate],
  ['references', linesReferToWhatExists],
  ['balances', balancesFollowFromLines],
  ['balances of years', yearsFollowFromMonths],
  ['number series', numbersAreGapless],
  ['posting order', postingNumbersAreGapless],
  ['VAT links', vatLinksHold],
  ['VAT sums', vatSumsFollowFromLines],
  ['cancellations', counterEntriesMirror],
  ['records', recordsHaveTheirEntries],
  ['dimension sets', dimensionSetsHold],
  ['hash chain', verifyChain],
  ...DERIVED_CHECKS,
];

export const CHECK_NAMES: readonly string[] = CHECKS.map(([name]) => name);

/** Recomputes all data that follow from the lines of a client account, in one consistent snapshot. */
export function verifyBooks(database: Database, clientAccountId: number): Promise<Finding[]> {
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) => {
    // Freshly imported books have no statistics yet, and these checks join all records of an entry with each other.
    await tx.execute(sql`set local enable_nestloop = off`);
    const findings: Finding[] = [];
    for (const [name, check] of CHECKS) {
      for (const message of await check(tx, clientAccountId)) findings.push({ clientAccountId, check: name, message });
    }
    return findings;
  });
}

const kr = (amount: number | string | null) => formatAmount(ore(amount));

/**
 * Debit = credit of the lines, both equal the entry's totals, and the number of lines equals the entry's count
 * (bokføringsloven § 4).
 */
async function entriesBalance(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{
    id: number;
    debit_total: number;
    credit_total: number;
    line_count: number;
    debit: string;
    credit: string;
    lines: number;
  }>(sql`
    select e.id, e.debit_total, e.credit_total, e.line_count, coalesce(l.debit, 0) as debit, coalesce(l.credit, 0) as credit, coalesce(l.lines, 0) as lines
    from journal_entries e left join (
      select entry_id, sum(debit) as debit, sum(credit) as credit, count(*) as lines
      from journal_entry_lines where client_account_id = ${id} group by entry_id) l on l.entry_id = e.id
    where e.client_account_id = ${id} and (coalesce(l.debit, 0) <> e.debit_total or coalesce(l.credit, 0) <> e.credit_total
      or e.debit_total <> e.credit_total or coalesce(l.lines, 0) <> e.line_count)
    order by e.id limit ${LARGEST_LIST}`);
  return rows.map(
    (row) =>
      `entry ${row.id}: lines give debit ${kr(row.debit)}, credit ${kr(row.credit)} in ${row.lines} lines; the entry says ${kr(row.debit_total)}, ${kr(row.credit_total)}, ${row.line_count}`,
  );
}

async function linesHaveTheirEntrysDate(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{ entry_id: number; line_no: number; line_date: string; entry_date: string }>(sql`
    select l.entry_id, l.line_no, l.entry_date as line_date, e.entry_date
    from journal_entry_lines l join journal_entries e on e.client_account_id = l.client_account_id and e.id = l.entry_id
    where l.client_account_id = ${id} and l.entry_date <> e.entry_date order by l.entry_id, l.line_no limit ${LARGEST_LIST}`);
  return rows.map(
    (row) => `entry ${row.entry_id} line ${row.line_no}: dated ${row.line_date}, the entry ${row.entry_date}`,
  );
}

/** Entry, account, VAT code, dimension set and partner of every line exist. */
async function linesReferToWhatExists(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{ entry_id: number; line_no: number; missing: string }>(sql`
    select l.entry_id, l.line_no, concat_ws(', ', case when e.id is null then 'entry' end,
      case when a.account_code is null then 'account ' || l.account_code end,
      case when t.code is null and l.tax_code is not null then 'VAT code ' || l.tax_code end,
      case when s.id is null and l.dimension_set_id is not null then 'dimension set ' || l.dimension_set_id end,
      case when p.id is null and l.business_partner_id is not null then 'business partner ' || l.business_partner_id end) as missing
    from journal_entry_lines l
    left join journal_entries e on e.client_account_id = ${id} and e.id = l.entry_id
    left join client_gl_accounts a on a.client_account_id = ${id} and a.account_code = l.account_code
    left join tax_codes t on t.client_account_id = ${id} and t.code = l.tax_code
    left join dimension_sets s on s.client_account_id = ${id} and s.id = l.dimension_set_id
    left join business_partners p on p.client_account_id = ${id} and p.id = l.business_partner_id
    where l.client_account_id = ${id} and (e.id is null or a.account_code is null
      or (t.code is null and l.tax_code is not null) or (s.id is null and l.dimension_set_id is not null)
      or (p.id is null and l.business_partner_id is not null))
    order by 1, 2 limit ${LARGEST_LIST}`);
  const entries = await tx.rows<{ id: number; missing: string }>(sql`
    select e.id, concat_ws(', ', case when v.id is null and e.voucher_id is not null then 'voucher ' || e.voucher_id end,
      case when c.id is null and e.cancels_entry_id is not null then 'entry ' || e.cancels_entry_id end) as missing
    from journal_entries e
    left join vouchers v on v.client_account_id = ${id} and v.id = e.voucher_id
    left join journal_entries c on c.client_account_id = ${id} and c.id = e.cancels_entry_id
    where e.client_account_id = ${id} and ((v.id is null and e.voucher_id is not null)
      or (c.id is null and e.cancels_entry_id is not null))
    order by 1 limit ${LARGEST_LIST}`);
  return [
    ...entries.map((row) => `entry ${row.id}: there is no ${row.missing}`),
    ...rows.map((row) => `entry ${row.entry_id} line ${row.line_no}: there is no ${row.missing}`),
  ];
}

/** The folded balances of years equal the sum of their months. */
async function yearsFollowFromMonths(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<
    Record<'account_code' | 'kept_debit' | 'kept_credit' | 'debit' | 'credit', string> & { year: number; set: number }
  >(sql`
    with months as (
      select account_code, extract(year from month)::int as year, dimension_set_id, sum(debit) as debit, sum(credit) as credit
      from account_balances where client_account_id = ${id} group by 1, 2, 3
    ), years as (
      select account_code, year, dimension_set_id, debit, credit from year_balances where client_account_id = ${id}
    )
    select account_code, year, dimension_set_id as set, coalesce(y.debit, 0)::text as kept_debit,
      coalesce(y.credit, 0)::text as kept_credit, coalesce(m.debit, 0)::text as debit, coalesce(m.credit, 0)::text as credit
    from years y full join months m using (account_code, year, dimension_set_id)
    where coalesce(y.debit, 0) <> coalesce(m.debit, 0) or coalesce(y.credit, 0) <> coalesce(m.credit, 0)
    order by 1, 2, 3 limit ${LARGEST_LIST}`);
  return rows.map(
    (row) =>
      `account ${row.account_code}, ${row.year}, dimension set ${row.set}: the year says debit ${kr(row.kept_debit)}, credit ${kr(row.kept_credit)}; its months give ${kr(row.debit)}, ${kr(row.credit)}`,
  );
}

/** Folded balances plus deltas, per account, month and dimension set, equal sums and number of the lines. */
async function balancesFollowFromLines(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{
    account_code: string;
    month: string;
    set: number;
    kept_debit: string;
    kept_credit: string;
    debit: string;
    credit: string;
    kept_lines: number;
    lines: number;
  }>(sql`
    with kept as (
      select account_code, month, dimension_set_id as set, sum(debit) as debit, sum(credit) as credit,
        sum(line_count)::bigint as lines
      from (
        select account_code, month, dimension_set_id, debit, credit, line_count from account_balances where client_account_id = ${id}
        union all
        select account_code, month, dimension_set_id, debit, credit, line_count from balance_deltas where client_account_id = ${id}) b
      group by 1, 2, 3
    ), proven as (
      select account_code, date_trunc('month', entry_date)::date as month, coalesce(dimension_set_id, 0) as set, sum(debit) as debit, sum(credit) as credit,
        count(*) as lines
      from journal_entry_lines where client_account_id = ${id} group by 1, 2, 3
    )
    select account_code, month, set, coalesce(k.debit, 0) as kept_debit, coalesce(k.credit, 0) as kept_credit,
      coalesce(p.debit, 0) as debit, coalesce(p.credit, 0) as credit, coalesce(k.lines, 0) as kept_lines, coalesce(p.lines, 0) as lines
    from kept k full join proven p using (account_code, month, set)
    where coalesce(k.debit, 0) <> coalesce(p.debit, 0) or coalesce(k.credit, 0) <> coalesce(p.credit, 0)
      or coalesce(k.lines, 0) <> coalesce(p.lines, 0)
    order by 1, 2, 3 limit ${LARGEST_LIST}`);
  return rows.map(
    (row) =>
      `account ${row.account_code}, ${row.month.slice(0, 7)}, dimension set ${row.set}: balance says debit ${kr(row.kept_debit)}, credit ${kr(row.kept_credit)} in ${row.kept_lines} lines; the lines give ${kr(row.debit)}, ${kr(row.credit)} in ${row.lines}`,
  );
}

/**
 * Numbers 1..n without gap or repetition in every series and year, and the series holds the last one
 * (bokføringsforskriften § 5-1-1).
 */
async function numbersAreGapless(tx: Transaction, id: number): Promise<string[]> {
  const gaps = await tx.rows<{ series: string; fiscal_year: number; after: number; sequence_number: number }>(sql`
    select series, fiscal_year, after, sequence_number from (
      select series, fiscal_year, sequence_number,
        coalesce(lag(sequence_number) over (partition by series, fiscal_year order by sequence_number), 0) as after
      from journal_entries where client_account_id = ${id}) n
    where sequence_number <> after + 1 order by 1, 2, 4 limit ${LARGEST_LIST}`);
  const ends = await tx.rows<{
    series: string;
    fiscal_year: number;
    last_number: number | null;
    last: number | null;
  }>(sql`
    select series, fiscal_year, s.last_number, e.last
    from (select series, fiscal_year, last_number from number_series where client_account_id = ${id}) s
    full join (select series, fiscal_year, max(sequence_number) as last from journal_entries where client_account_id = ${id} group by 1, 2) e
      using (series, fiscal_year)
    where coalesce(s.last_number, 0) <> coalesce(e.last, 0) order by 1, 2`);
  return [
    ...gaps.map((gap) => `series ${gap.series} ${gap.fiscal_year}: number ${gap.sequence_number} follows ${gap.after}`),
    ...ends.map(
      (end) =>
        `series ${end.series} ${end.fiscal_year}: last number is ${end.last ?? 'none'}, the series says ${end.last_number ?? 'nothing'}`,
    ),
  ];
}

async function postingNumbersAreGapless(tx: Transaction, id: number): Promise<string[]> {
  const row = await tx.one<{ entries: number; last: number; head: number }>(sql`
    select (select count(*) from journal_entries where client_account_id = ${id}) as entries,
      (select coalesce(max(posting_no), 0) from journal_entries where client_account_id = ${id}) as last,
      (select last_posting_no from client_account_heads where client_account_id = ${id}) as head`);
  return row.entries === row.last && row.last === row.head
    ? []
    : [
        `${row.entries} entries, last posting number ${row.last}, the head says ${row.head}: entries are missing or too many`,
      ];
}

/** Folded VAT sums and the notes beside them, against the lines of the folded entries. */
async function vatSumsFollowFromLines(tx: Transaction, id: number): Promise<string[]> {
  const sums = await vatSumDifferences(tx, id, LARGEST_LIST);
  const notes = await vatNoteDifferences(tx, id, LARGEST_LIST);
  return [
    ...sums.map(
      (row) =>
        `VAT code ${row.codes}, ${row.role} on account ${row.account_code}, ${row.month.slice(0, 7)}: the sum says debit ${kr(row.kept_debit)}, credit ${kr(row.kept_credit)} in ${row.kept_lines} lines; the lines give ${kr(row.debit)}, ${kr(row.credit)} in ${row.lines}`,
    ),
    ...notes.map(
      (row) =>
        `entry ${row.entry_id}: note on VAT (${row.kind}, ${row.codes || row.account_code}) is ${row.kept > 0 ? 'not what its lines give' : 'missing'}`,
    ),
  ];
}

/** A VAT line points at a base line of its entry with the same code; a base line points at none. */
async function vatLinksHold(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{
    entry_id: number;
    line_no: number;
    base_line_no: number;
    tax_code: string | null;
    base_code: string | null;
    base_of: number | null;
  }>(sql`
    select v.entry_id, v.line_no, v.base_line_no, v.tax_code, b.tax_code as base_code, b.base_line_no as base_of
    from journal_entry_lines v
    left join journal_entry_lines b on b.client_account_id = v.client_account_id and b.entry_id = v.entry_id and b.line_no = v.base_line_no
    where v.client_account_id = ${id} and v.base_line_no is not null
      and (b.tax_code is null or b.base_line_no is not null or (v.tax_code is not null and v.tax_code <> b.tax_code))
    order by 1, 2 limit ${LARGEST_LIST}`);
  return rows.map(
    (row) =>
      `entry ${row.entry_id} line ${row.line_no}: VAT line of code ${row.tax_code ?? 'none'} points at line ${row.base_line_no}, which ${row.base_code === null ? 'carries no VAT code' : row.base_of !== null ? 'is itself a VAT line' : `has code ${row.base_code}`}`,
  );
}

/** A counter-entry and the entry it cancels sum to zero, per account and dimension set. */
async function counterEntriesMirror(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{ id: number; cancels_entry_id: number; account_code: string; difference: string }>(sql`
    select c.id, c.cancels_entry_id, l.account_code, sum(l.debit - l.credit) as difference
    from journal_entries c
    join journal_entry_lines l on l.client_account_id = c.client_account_id and l.entry_id in (c.id, c.cancels_entry_id)
    where c.client_account_id = ${id} and c.cancels_entry_id is not null
    group by c.id, c.cancels_entry_id, l.account_code, coalesce(l.dimension_set_id, 0), coalesce(l.tax_code, '')
    having sum(l.debit - l.credit) <> 0 order by 1, 3 limit ${LARGEST_LIST}`);
  const early = await tx.rows<{ id: number; entry_date: string; cancels_entry_id: number; original_date: string }>(sql`
    select c.id, c.entry_date, e.id as cancels_entry_id, e.entry_date as original_date
    from journal_entries c join journal_entries e on e.client_account_id = ${id} and e.id = c.cancels_entry_id
    where c.client_account_id = ${id} and c.entry_date < e.entry_date order by 1 limit ${LARGEST_LIST}`);
  return [
    ...rows.map(
      (row) =>
        `entry ${row.id} cancels ${row.cancels_entry_id} but leaves ${kr(row.difference)} on account ${row.account_code}`,
    ),
    ...early.map(
      (row) =>
        `entry ${row.id} of ${row.entry_date} cancels entry ${row.cancels_entry_id}, which is dated ${row.original_date}`,
    ),
  ];
}

async function dimensionSetsHold(tx: Transaction, id: number): Promise<string[]> {
  const rows = await tx.rows<{ id: number; key: string; members: string | null }>(sql`
    select s.id, s.key, m.members from dimension_sets s left join (
      select dimension_set_id, string_agg(dimension_type || ':' || value_id, ',' order by (dimension_type || ':' || value_id) collate "C") as members
      from dimension_set_members where client_account_id = ${id} group by 1) m on m.dimension_set_id = s.id
    where s.client_account_id = ${id} and m.members is distinct from s.key order by 1 limit ${LARGEST_LIST}`);
  return rows.map((row) => `dimension set ${row.id}: key ${row.key}, members ${row.members ?? 'none'}`);
}
