import sql, { type Sql } from 'sql-template-tag';
import type { LocalDate } from '../kernel/local-date.ts';
import { formatAmount, ore } from '../kernel/money.ts';
import type { Database, Transaction } from '../platform/database/pool.ts';
import { rowBatches } from '../platform/database/row-batches.ts';
import type { Language } from '../platform/errors.ts';
import { readChart } from '../reports/index.ts';
import { ACCOUNT_TYPES, accountName, description, tags } from './hledger-text.ts';

export interface HledgerRequest {
  clientAccountId: number;
  /** Both days are included; null: unbounded. */
  from: LocalDate | null;
  to: LocalDate | null;
  language: Language;
}

interface LineRow {
  entry_id: number;
  series: string;
  fiscal_year: number;
  sequence_number: number;
  entry_date: LocalDate;
  memo: string;
  document_reference: string | null;
  cancels: string | null;
  account_code: string;
  debit: number;
  credit: number;
  tax_code: string | null;
  partner: string | null;
  dimensions: { type: string; name: string }[];
  currency_code: string | null;
  currency_amount: string | null;
  due_date: LocalDate | null;
  payment_reference: string | null;
  line_memo: string | null;
}

const LAST_DAY = '9999-12-31';
const ROWS_AT_ONCE = 2000;

/**
 * The posted entries of a client account as a journal of hledger, in pieces of text: amounts in the accounting
 * currency, debit positive; other fields of a line as tags. Without drafts. Needs a transaction that reads one
 * snapshot.
 */
export async function* hledgerJournal(
  tx: Transaction,
  database: Database,
  { clientAccountId, from, to, language }: HledgerRequest,
): AsyncGenerator<string> {
  const { name, currency } = await tx.one<{ name: string; currency: string }>(sql`
    select display_name as name, accounting_currency as currency from client_accounts where id = ${clientAccountId}`);
  const chart = await readChart(tx, database, clientAccountId, to ?? LAST_DAY, null);
  const nameOf = (code: string) => accountName(code, chart(code).name[language]);
  yield `; ${description(name)}\ndecimal-mark .\ncommodity 1000.00 ${currency}\n\n`;
  const used = await tx.rows<{ account_code: string }>(usedAccounts(clientAccountId, from, to));
  yield used
    .map(({ account_code: code }) => `account ${nameOf(code)}  ; type:${ACCOUNT_TYPES[chart(code).type]}\n`)
    .join('');
  let entryId = 0;
  for await (const rows of linesOf(tx, clientAccountId, from, to)) {
    let text = '';
    for (const row of rows) {
      if (row.entry_id !== entryId) text += `\n${head(row)}\n`;
      entryId = row.entry_id;
      text += `    ${nameOf(row.account_code)}  ${formatAmount(ore(row.debit) - ore(row.credit))} ${currency}${lineTags(row)}\n`;
    }
    yield text;
  }
}

function head(row: LineRow): string {
  const number = `${row.series} ${row.fiscal_year}-${row.sequence_number}`;
  const more = tags({ cancels: row.cancels, reference: row.document_reference });
  return `${row.entry_date} * (${number}) ${description(row.memo)}${more}`.trimEnd();
}

function lineTags(row: LineRow): string {
  const dimensions = new Map<string, string>();
  for (const { type, name } of row.dimensions) dimensions.set(type, name);
  return tags({
    vat: row.tax_code,
    partner: row.partner,
    ...Object.fromEntries(dimensions),
    currency: row.currency_code === null ? null : `${row.currency_code} ${row.currency_amount ?? ''}`,
    due: row.due_date,
    kid: row.payment_reference,
    memo: row.line_memo,
  });
}

const within = (from: LocalDate | null, to: LocalDate | null) =>
  sql`between ${from ?? '0001-01-01'}::date and ${to ?? LAST_DAY}::date`;

function usedAccounts(clientAccountId: number, from: LocalDate | null, to: LocalDate | null): Sql {
  return sql`
    select distinct account_code from journal_entry_lines
    where client_account_id = ${clientAccountId} and entry_date ${within(from, to)} order by account_code`;
}

async function* linesOf(
  tx: Transaction,
  clientAccountId: number,
  from: LocalDate | null,
  to: LocalDate | null,
): AsyncGenerator<LineRow[]> {
  const query = sql`
    select e.id as entry_id, e.series, e.fiscal_year, e.sequence_number, e.entry_date, e.memo, e.document_reference,
      (select c.series || ' ' || c.fiscal_year || '-' || c.sequence_number from journal_entries c
        where c.client_account_id = e.client_account_id and c.id = e.cancels_entry_id) as cancels,
      l.account_code, l.debit, l.credit, l.tax_code, p.name as partner, l.currency_code, l.currency_amount::text,
      l.due_date, l.payment_reference, l.memo as line_memo,
      coalesce((
        select json_agg(json_build_object('type', m.dimension_type, 'name', v.name) order by m.dimension_type)
        from dimension_set_members m
        join dimension_values v on v.client_account_id = m.client_account_id and v.id = m.value_id
        where m.client_account_id = l.client_account_id and m.dimension_set_id = l.dimension_set_id
      ), '[]') as dimensions
    from journal_entries e
    join journal_entry_lines l on l.client_account_id = e.client_account_id and l.entry_id = e.id
    left join business_partners p on p.client_account_id = l.client_account_id and p.id = l.business_partner_id
    where e.client_account_id = ${clientAccountId} and e.entry_date ${within(from, to)}
    order by e.entry_date, e.id, l.line_no`;
  yield* rowBatches<LineRow>(tx, query, ROWS_AT_ONCE);
}
