import type pg from 'pg';
import { foldVat, takeIds } from '../../src/ledger/index.ts';
import type { ClientBooks } from './client-books.ts';

const YEAR = 2026;
const PARTNERS = 400;
const DEPARTMENTS = 6;

/** Income and cost accounts that the second lines go to, in turn. */
const ACCOUNTS =
  '3000 3010 3100 3200 3600 4000 4300 5000 5400 6000 6100 6300 6340 6420 6540 6600 6700 6800 6860 6900 6940 7000 7100 7140 7320 7350 7500 7700 7770 7790'.split(
    ' ',
  );

/**
 * Fills a client account with entries of three lines, spread over a year, as postings would have left them: customers
 * or suppliers on the first line, departments on every other second line, the balances of their months. Set-based and
 * as the owner of the schema, with the foreign keys off for speed: the references are correct by construction. Leaves
 * out what the reports do not read (audit, chain).
 */
export async function generateLedger(
  books: Pick<ClientBooks, 'owner' | 'platform'>,
  clientAccountId: number,
  lines: number,
): Promise<void> {
  const { owner, platform } = books;
  const entries = Math.ceil(lines / 3);
  const firstId = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
    takeIds(tx, clientAccountId, PARTNERS + DEPARTMENTS + PARTNERS + DEPARTMENTS + entries),
  );
  const first = firstId % 2 ** 31;
  const at = {
    partner: firstId,
    department: firstId + PARTNERS,
    partnerSet: first + PARTNERS + DEPARTMENTS,
    departmentSet: first + 2 * PARTNERS + DEPARTMENTS,
    entry: firstId + 2 * (PARTNERS + DEPARTMENTS),
  };
  await owner.query(`set session_replication_role = replica`);
  try {
    await writeMasters(owner, clientAccountId, at);
    await writeEntries(owner, clientAccountId, at, entries);
  } finally {
    await owner.query(`set session_replication_role = origin`);
  }
  // The worker's own work, in its own steps.
  const inBooks = { clientAccounts: [clientAccountId], mode: 'write' } as const;
  while ((await platform.database.transaction(inBooks, (tx) => foldVat(tx, clientAccountId))) > 0);
  await owner.query(
    `vacuum analyze vat_balances, journal_entry_lines, account_balances, year_balances, dimension_set_members`,
  );
}

interface FirstIds {
  partner: number;
  department: number;
  partnerSet: number;
  departmentSet: number;
  entry: number;
}

async function writeMasters(owner: pg.Client, id: number, at: FirstIds): Promise<void> {
  await owner.query(`
    insert into client_gl_accounts (client_account_id, account_code, id, is_own)
    select ${id}, account_code, id, false from gl_accounts
    where account_code = any ('{1500,2400,2700,2710,${ACCOUNTS.join(',')}}') on conflict do nothing`);
  await owner.query(`
    insert into business_partners (client_account_id, id, sequence_number, name, is_customer, is_supplier)
    select ${id}, ${at.partner} + n, n + 1, 'Forretningspartner ' || n, n % 2 = 0, n % 2 = 1
    from generate_series(0, ${PARTNERS} - 1) n`);
  await owner.query(`
    insert into dimension_values (client_account_id, dimension_type, id, sequence_number, name)
    select ${id}, 'department', ${at.department} + n, n + 1, 'Avdeling ' || n
    from generate_series(0, ${DEPARTMENTS} - 1) n`);
  for (const [type, count, value, set] of [
    ['business_partner', PARTNERS, at.partner, at.partnerSet],
    ['department', DEPARTMENTS, at.department, at.departmentSet],
  ] as const) {
    await owner.query(`
      insert into dimension_sets (client_account_id, id, key)
      select ${id}, ${set} + n, '${type}:' || (${value} + n) from generate_series(0, ${count} - 1) n`);
    await owner.query(`
      insert into dimension_set_members (client_account_id, dimension_type, value_id, dimension_set_id)
      select ${id}, '${type}', ${value} + n, ${set} + n from generate_series(0, ${count} - 1) n`);
  }
}

async function writeEntries(owner: pg.Client, id: number, at: FirstIds, entries: number): Promise<void> {
  const date = `(date '${YEAR}-01-01' + ((n * 365::bigint) / ${entries})::int)`;
  const net = `(4 * (1 + (n * 7919::bigint) % 250000))`;
  const isSale = `((n % ${PARTNERS}) % 2 = 0)`;
  await owner.query(`
    insert into journal_entries (client_account_id, id, posting_no, series, fiscal_year, sequence_number, entry_date, period,
      memo, source, debit_total, credit_total, line_count, created_by_id)
    select ${id}, ${at.entry} + n, n + 1, 'GL', ${YEAR}, n + 1, ${date}, extract(month from ${date}), 'Generert', 'bench',
      ${net} / 4 * 5, ${net} / 4 * 5, 3, 1
    from generate_series(0, ${entries} - 1) n`);
  await owner.query(`
    insert into journal_entry_lines (client_account_id, entry_id, line_no, account_code, entry_date, debit, credit,
      dimension_set_id, business_partner_id, tax_code, tax_rate, tax_amount, base_line_no)
    select ${id}, ${at.entry} + n, line_no,
      case line_no when 1 then case when sale then '1500' else '2400' end
        when 2 then ('{${ACCOUNTS.join(',')}}'::text[])[1 + (n % ${ACCOUNTS.length})]
        else case when sale then '2700' else '2710' end end,
      day, case when (line_no = 1) = sale then amount else 0 end, case when (line_no = 1) = sale then 0 else amount end,
      case line_no when 1 then ${at.partnerSet} + n % ${PARTNERS}
        when 2 then case when n % 4 < 2 then ${at.departmentSet} + n % ${DEPARTMENTS} end end,
      case line_no when 1 then ${at.partner} + n % ${PARTNERS} end,
      case line_no when 1 then null else case when sale then '3' else '1' end end,
      case line_no when 1 then null else 25 end, case line_no when 2 then net / 4 end, case line_no when 3 then 2 end
    from (select n, ${date} as day, ${net} as net, ${isSale} as sale from generate_series(0, ${entries} - 1) n) e
    cross join lateral (values (1, net / 4 * 5), (2, net), (3, net / 4)) as l (line_no, amount)`);
  await owner.query(
    `insert into number_series (client_account_id, series, fiscal_year, last_number) values (${id}, 'GL', ${YEAR}, ${entries})`,
  );
  await owner.query(`update client_account_heads set last_posting_no = ${entries}, turnover = (select sum(debit_total) from journal_entries
      where client_account_id = ${id}) where client_account_id = ${id}`);
  await owner.query(`
    insert into account_balances (client_account_id, account_code, month, dimension_set_id, debit, credit, line_count)
    select ${id}, account_code, date_trunc('month', entry_date)::date, coalesce(dimension_set_id, 0), sum(debit), sum(credit), count(*)
    from journal_entry_lines where client_account_id = ${id} group by 1, 2, 3, 4`);
  await owner.query(`
    insert into year_balances (client_account_id, account_code, year, dimension_set_id, debit, credit)
    select client_account_id, account_code, ${YEAR}, dimension_set_id, sum(debit), sum(credit)
    from account_balances where client_account_id = ${id} group by 1, 2, 4`);
}

/** The figures of the trial balance of a year, summed from the lines as one would without balances. */
export const FIGURES_FROM_LINES = {
  name: 'figures-from-lines',
  text: `
    select l.account_code, m.value_id as business_partner_id,
      sum(case when l.entry_date < $2 then l.debit - l.credit else 0 end)::bigint as incoming,
      sum(case when l.entry_date >= $2 then l.debit else 0 end)::bigint as debit,
      sum(case when l.entry_date >= $2 then l.credit else 0 end)::bigint as credit
    from journal_entry_lines l
    left join dimension_set_members m on m.client_account_id = l.client_account_id
      and m.dimension_set_id = l.dimension_set_id and m.dimension_type = 'business_partner'
    where l.client_account_id = $1 and l.entry_date <= $3
    group by l.account_code, m.value_id`,
};

/** Base and posted VAT of a range by code and rate. */
export const VAT_FROM_LINES = {
  name: 'vat-from-lines',
  text: `
    select b.tax_code, b.tax_rate, sum(b.debit) as base_debit, sum(b.credit) as base_credit,
      sum(v.debit)::bigint as vat_debit, sum(v.credit)::bigint as vat_credit
    from journal_entry_lines b
    left join journal_entry_lines v on v.client_account_id = b.client_account_id and v.entry_id = b.entry_id
      and v.base_line_no = b.line_no
    where b.client_account_id = $1 and b.tax_code is not null and b.base_line_no is null and b.entry_date between $2 and $3
    group by b.tax_code, b.tax_rate`,
};

/** The balances of a day by account. */
export const BALANCES_FROM_LINES = {
  name: 'balances-from-lines',
  text: `
    select l.account_code, sum(l.debit - l.credit)::bigint as balance
    from journal_entry_lines l where l.client_account_id = $1 and l.entry_date <= $2 group by l.account_code`,
};

/** The income and costs of a range by account and month. */
export const MONTHS_FROM_LINES = {
  name: 'months-from-lines',
  text: `
    select l.account_code, date_trunc('month', l.entry_date::timestamp)::date as month, sum(l.debit - l.credit)::bigint as amount
    from journal_entry_lines l
    join gl_accounts g on g.account_code = l.account_code and g.account_type in ('revenue', 'expense', 'appropriation')
    where l.client_account_id = $1 and l.entry_date between $2 and $3
    group by l.account_code, 2`,
};

export const RANGE = { from: `${YEAR}-01-01`, to: `${YEAR}-12-31` };
