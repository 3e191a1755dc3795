import sql from 'sql-template-tag';
import { clientAccountOf } from '../../kernel/ids.ts';
import { addDays, dateInNorway, endOfMonth, type LocalDate, localDate, yearOf } from '../../kernel/local-date.ts';
import { formatAmount, ore, type Ore } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { invalid, problem, requestErrors } from '../../platform/errors.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { findBankAccount } from '../accounts/bank-account.ts';
import { bankBalances } from './bank-balance.ts';

export const INTERVALS = ['day', 'month', 'year'] as const;
type Interval = (typeof INTERVALS)[number];

export const StatementPeriod = strict({
  bank_account_id: Id,
  period_start: DateText,
  period_end: DateText,
  period_start_balance: Type.String({ description: 'Before the first day' }),
  period_end_balance: Type.String({ description: 'After the last day' }),
  total_transactions: Type.Integer(),
  reconciled_transactions: Type.Integer(),
  unreconciled_transactions: Type.Integer(),
  is_reconciled: Type.Boolean({ description: 'No transaction is open' }),
  is_balanced: Type.Boolean({ description: 'Balance at the start plus transactions is the balance at the end' }),
  import_documents: Type.Array(
    strict({
      id: { ...Id, description: 'The file' },
      document_type: Type.Literal('BANK_STATEMENT'),
      document_date: DateText,
      document_number: nullable(Type.String()),
    }),
  ),
});
type StatementPeriod = Static<typeof StatementPeriod>;

/** Maximum number of periods in one response. */
const MOST_PERIODS = 4000;

export interface ByPeriod {
  bankAccountId: number;
  from: LocalDate;
  to: LocalDate | null;
  interval: Interval | null;
}

/** An account by period: its balances according to the statements, and the state of its reconciliation. */
export const bankStatementsByPeriod = readOperation({
  name: 'bank-statement.by-period',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountIds, now }, input: ByPeriod): Promise<{ data: StatementPeriod[] }> {
    const clientAccountId = clientAccountOf(input.bankAccountId);
    if (!clientAccountIds.includes(clientAccountId)) throw requestErrors.no_access();
    await findBankAccount(tx, clientAccountId, input.bankAccountId);
    const to = input.to ?? dateInNorway(now);
    if (input.from > to)
      throw invalid([problem('to_date', `is before from_date ${input.from}`, `er før from_date ${input.from}`)]);
    const periods = periodsOf(input.from, to, input.interval ?? defaultInterval(input.from, to));
    if (periods.length > MOST_PERIODS)
      throw invalid([problem('interval', 'gives too many periods', 'gir for mange perioder')]);
    const ends = periods.map((period) => period.to);
    const balances = await bankBalances(tx, clientAccountId, input.bankAccountId, [addDays(input.from, -1), ...ends]);
    const movements = await movementsOf(tx, clientAccountId, input.bankAccountId, ends, input.from);
    const documents = await documentsOf(tx, clientAccountId, input.bankAccountId, ends, input.from);
    const data = periods.map((period, i): StatementPeriod => {
      const { total, reconciled, sum } = movements.get(period.to) ?? { total: 0, reconciled: 0, sum: 0n };
      const [start, end] = [balances[i]!, balances[i + 1]!];
      return {
        bank_account_id: input.bankAccountId,
        period_start: period.from,
        period_end: period.to,
        period_start_balance: formatAmount(start),
        period_end_balance: formatAmount(end),
        total_transactions: total,
        reconciled_transactions: reconciled,
        unreconciled_transactions: total - reconciled,
        is_reconciled: total === reconciled,
        is_balanced: start + sum === end,
        import_documents: documents.get(period.to) ?? [],
      };
    });
    return { data };
  },
});

function defaultInterval(from: LocalDate, to: LocalDate): Interval {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  return days <= 31 ? 'day' : days <= 366 ? 'month' : 'year';
}

function periodsOf(from: LocalDate, to: LocalDate, interval: Interval): { from: LocalDate; to: LocalDate }[] {
  const periods: { from: LocalDate; to: LocalDate }[] = [];
  for (let start = from; start <= to;) {
    const whole =
      interval === 'day' ? start : interval === 'month' ? endOfMonth(start) : localDate(yearOf(start), 12, 31);
    const end = whole < to ? whole : to;
    periods.push({ from: start, to: end });
    if (periods.length > MOST_PERIODS) break;
    start = addDays(end, 1);
  }
  return periods;
}

/** The first of `ends` that is not before the date. */
const PERIOD = (ends: readonly LocalDate[], date: ReturnType<typeof sql>) =>
  sql`(select min(e) from unnest(${[...ends]}::date[]) e where e >= ${date})`;

async function movementsOf(
  tx: Transaction,
  clientAccountId: number,
  bankAccountId: number,
  ends: readonly LocalDate[],
  from: LocalDate,
): Promise<Map<LocalDate, { total: number; reconciled: number; sum: Ore }>> {
  const rows = await tx.rows<{ period_end: LocalDate; total: number; reconciled: number; sum: string }>(sql`
    select ${PERIOD(ends, sql`d.booking_date`)} as period_end, sum(d.total)::bigint as total,
      sum(d.reconciled)::bigint as reconciled, sum(d.sum) as sum
    from (
      select booking_date, count(*) as total, sum(amount) as sum,
        count(*) filter (where external_reconciled_amount + matched_amount = amount) as reconciled
      from bank_transactions
      where client_account_id = ${clientAccountId} and bank_account_id = ${bankAccountId}
        and booking_date between ${from} and ${ends.at(-1)}
      group by booking_date
    ) d
    group by 1`);
  return new Map(rows.map((row) => [row.period_end, { ...row, sum: ore(row.sum) }]));
}

async function documentsOf(
  tx: Transaction,
  clientAccountId: number,
  bankAccountId: number,
  ends: readonly LocalDate[],
  from: LocalDate,
): Promise<Map<LocalDate, StatementPeriod['import_documents']>> {
  const rows = await tx.rows<{ period_end: LocalDate; documents: StatementPeriod['import_documents'] }>(sql`
    select period_end, json_agg(json_build_object('id', file_id, 'document_type', 'BANK_STATEMENT', 'document_date', to_date,
      'document_number', number) order by to_date, file_id) as documents
    from (
      select distinct ${PERIOD(ends, sql`s.to_date`)} as period_end, i.file_id, s.to_date,
        coalesce(s.statement_number, s.statement_id) as number
      from bank_statements s
      join bank_imports i on i.client_account_id = s.client_account_id and i.id = s.import_id
      where s.client_account_id = ${clientAccountId} and s.bank_account_id = ${bankAccountId}
        and s.to_date between ${from} and ${ends.at(-1)}
    ) d
    group by 1`);
  return new Map(rows.map((row) => [row.period_end, row.documents]));
}
