import sql from 'sql-template-tag';
import type { FiscalCalendar } from '../../kernel/fiscal-year.ts';
import { addDays, addMonths, dateInNorway, type LocalDate, monthOf } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { DateText, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { readFiscalCalendar } from './fiscal-calendar.ts';

export const FiscalYearsView = strict({
  starts: Type.Array(
    strict({
      first_month: Type.Integer({ description: '1 to 12' }),
      valid_from: nullable({ ...DateText, description: 'null: from ever' }),
      named_after: Type.Enum(['end', 'start']),
      first_year: nullable(
        strict({ date_from: DateText, date_to: DateText }, { description: 'Of a company that began then' }),
      ),
    }),
    { description: 'When fiscal years begin; empty: with the calendar year' },
  ),
  years: Type.Array(
    strict({
      fiscal_year: Type.Integer({ description: 'The name in which entries are numbered' }),
      date_from: DateText,
      date_to: DateText,
      months: Type.Integer({ description: '12, or others where the fiscal year was changed, or is the first' }),
    }),
    { description: 'From the first entry to the year after the present one' },
  ),
});
export type FiscalYearsView = Static<typeof FiscalYearsView>;

/** When the fiscal years of a client account begin and end. */
export const listFiscalYears = readOperation({
  name: 'fiscal-year.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId, now }, _input: void): Promise<FiscalYearsView> {
    return fiscalYearsView(tx, clientAccountId, await readFiscalCalendar(tx, clientAccountId), now);
  },
});

/** The same for code that computes with it. */
export const getFiscalCalendar = readOperation({
  name: 'fiscal-year.calendar',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: ({ tx, clientAccountId }, _input: void): Promise<FiscalCalendar> => readFiscalCalendar(tx, clientAccountId),
});

export async function fiscalYearsView(
  tx: Transaction,
  clientAccountId: number,
  calendar: FiscalCalendar,
  now: Date,
): Promise<FiscalYearsView> {
  const { first, last } = await tx.one<{ first: LocalDate | null; last: LocalDate | null }>(sql`
    select min(entry_date) as first, max(entry_date) as last from journal_entries
    where client_account_id = ${clientAccountId}`);
  const today = dateInNorway(now);
  const next = addDays(calendar.yearAt(today).to, 1);
  const range = {
    from: first !== null && first < today ? first : today,
    to: last !== null && last > next ? last : next,
  };
  return {
    starts: calendar.starts.map(({ from, namedAfter, firstYearMonths = 0 }) => ({
      first_month: monthOf(addMonths(from, firstYearMonths)),
      valid_from: from < '0002' ? null : from,
      named_after: namedAfter,
      first_year: firstYearMonths ? { date_from: from, date_to: addDays(addMonths(from, firstYearMonths), -1) } : null,
    })),
    years: calendar.yearsIn(range).map(({ name, from, to }) => ({
      fiscal_year: name,
      date_from: from,
      date_to: to,
      months: calendar.periodOf(to).period,
    })),
  };
}
