import sql from 'sql-template-tag';
import { CALENDAR_YEARS, FiscalCalendar, type FiscalStart } from '../../kernel/fiscal-year.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { numberArray } from '../pg-array.ts';

const STARTS = `
select client_account_id, starts_on, named_after, first_year_months from fiscal_starts
where client_account_id = any ($1::bigint[]) order by client_account_id, starts_on`;

/** The fiscal years of a client account. */
export async function readFiscalCalendar(tx: Transaction, clientAccountId: number): Promise<FiscalCalendar> {
  return (await readFiscalCalendars(tx, [clientAccountId]))(clientAccountId);
}

/** The fiscal years of each of the given client accounts. */
export async function readFiscalCalendars(
  tx: Transaction,
  clientAccountIds: readonly number[],
): Promise<(clientAccountId: number) => FiscalCalendar> {
  const rows = await tx.named<{
    client_account_id: number;
    starts_on: LocalDate;
    named_after: FiscalStart['namedAfter'];
    first_year_months: number | null;
  }>('fiscal-starts', STARTS, [numberArray([...clientAccountIds])]);
  const starts = groupBy(rows, (row) => row.client_account_id);
  const calendars = new Map(
    [...starts].map(([id, own]) => [
      id,
      new FiscalCalendar(
        own.map(({ starts_on, named_after, first_year_months }) => ({
          from: starts_on,
          namedAfter: named_after,
          ...(first_year_months !== null && { firstYearMonths: first_year_months }),
        })),
      ),
    ]),
  );
  return (id) => calendars.get(id) ?? CALENDAR_YEARS;
}

/**
 * Records that fiscal years begin in the month of this day from that day on, and replaces every later setting. For a
 * company's first year it records the number of months and replaces all other settings.
 */
export async function writeFiscalStart(
  tx: Transaction,
  clientAccountId: number,
  start: FiscalStart,
  made: { userId: number; now: Date },
): Promise<void> {
  const isAlone = standsAlone(start);
  await tx.execute(sql`
    delete from fiscal_starts where client_account_id = ${clientAccountId}
      and (${isAlone} or starts_on >= ${start.from})`);
  await tx.execute(sql`
    insert into fiscal_starts (client_account_id, starts_on, named_after, first_year_months, created_at, created_by_id)
    values (${clientAccountId}, ${start.from}, ${start.namedAfter}, ${start.firstYearMonths ?? null}, ${made.now}, ${made.userId})`);
}

/** The calendar with such a start added. */
export function withStart({ starts }: FiscalCalendar, start: FiscalStart): FiscalCalendar {
  const kept = standsAlone(start) ? [] : starts.filter(({ from }) => from < start.from);
  return new FiscalCalendar([...kept, start]);
}

/** Such a start replaces all earlier settings. */
function standsAlone({ from, firstYearMonths }: FiscalStart): boolean {
  return from < '0002' || firstYearMonths !== undefined;
}
