import {
  addDays,
  addMonths,
  dateInNorway,
  dayOf,
  endOfMonth,
  type LocalDate,
  startOfMonth,
} from '../../../kernel/local-date.ts';
import { workingDayUntil } from '../../../kernel/working-days.ts';

/** Defaults of the operator's rules; an agreement may differ. */
export interface ClaimDeadlines {
  /** The bank notifies payers of due dates from this day of one month to the day before it in the next. */
  noticeFromDay: number;
  /** Calendar days between processing and debit if the payee notifies the payer. */
  payeeNoticeDays: number;
  /** Hour in Norway until which a file counts for the day. */
  hour: number;
}

export const CLAIM_DEADLINES: ClaimDeadlines = { noticeFromDay: 15, payeeNoticeDays: 9, hour: 14 };

/**
 * The last bank day on which a claim can be sent, before `hour`. With notice by the bank: the last one of the month before
 * the period of the due date (15th to 14th). With notice by the payee: nine calendar days ahead.
 */
export function lastDayToSend(
  dueDate: LocalDate,
  notice: 'bank' | 'payee',
  { noticeFromDay, payeeNoticeDays }: ClaimDeadlines = CLAIM_DEADLINES,
): LocalDate {
  if (notice === 'payee') return workingDayUntil(addDays(dueDate, -payeeNoticeDays));
  const monthsBefore = dayOf(dueDate) >= noticeFromDay ? 1 : 2;
  return workingDayUntil(endOfMonth(addMonths(startOfMonth(dueDate), -monthsBefore)));
}

/** The last bank day before the due date, on which a claim can still be stopped. */
export function lastDayToCancel(dueDate: LocalDate): LocalDate {
  return workingDayUntil(addDays(dueDate, -1));
}

const hours = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Oslo', hour: '2-digit', hourCycle: 'h23' });

/** Whether a file that is sent now counts for the day. */
export function isBeforeDeadline(lastDay: LocalDate, now: Date, { hour }: ClaimDeadlines = CLAIM_DEADLINES): boolean {
  const today = dateInNorway(now);
  return today < lastDay || (today === lastDay && Number(hours.format(now)) < hour);
}
