import sql, { type Sql } from 'sql-template-tag';
import { openItemsSelect } from '../../banking/index.ts';
import { addDays, daysBetween, type LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore, ore } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { type LeftOut, type Level, terms } from './reminder.ts';
import { type Interest, interestOf, largestFee, ratesInUse } from './reminder-rates.ts';
import { readReminderSettings, type ReminderSettings } from './reminder-settings.ts';

/**
 * Days from the due date until a fee may be charged, and length of the deadline in a reminder (inkassoforskriften § 1-2, §
 * 1-3).
 */
export const DAYS = 14;
/** Fees for one claim: two reminders, or a reminder and a notice (inkassoforskriften § 1-3). */
const MOST_FEES = 2;

/** An overdue claim on a customer, with its earlier reminders. */
export interface Overdue {
  document_id: number;
  document_number: string | null;
  business_partner_id: number | null;
  name: string | null;
  due: LocalDate;
  remaining: number;
  last_number: number | null;
  last_level: Level | null;
  last_due: LocalDate | null;
  fees: number;
  interest_asked: number;
  /** Open amount of earlier fees and interest. */
  earlier: number;
  disputed: string | null;
}

/** Open claims of sales documents that were due before the day. Claims of fees and interest get no reminders themselves. */
export function overdueSelect(clientAccountId: number, day: LocalDate, where: Sql): Sql {
  return sql`
    with open as materialized (${openItemsSelect(clientAccountId)})
    select i.document_id, d.document_number, d.business_partner_id, p.name, coalesce(i.due_date, d.due_date, i.entry_date) as due,
      i.remaining, last.number as last_number, last.level as last_level, last.due_date as last_due,
      coalesce(r.fees, 0)::int as fees, coalesce(r.interest, 0)::bigint as interest_asked, coalesce(r.earlier, 0)::bigint as earlier,
      x.reason as disputed
    from open i
    join documents d on d.client_account_id = ${clientAccountId} and d.id = i.document_id
      and d.document_type in ('ARINV', 'ARCIN') and d.document_status = 'POSTED'
    left join business_partners p on p.client_account_id = ${clientAccountId} and p.id = d.business_partner_id
    left join (
      select e.document_id, max(e.id) as last_id, count(*) filter (where e.fee_amount > 0) as fees,
        sum(e.interest_amount) as interest,
        sum(case when e.claim_document_id is null then e.fee_amount + e.interest_amount else coalesce(c.remaining, 0) end) as earlier
      from invoice_reminders e
      left join open c on c.document_id = e.claim_document_id
      where e.client_account_id = ${clientAccountId} and e.undone_at is null group by 1
    ) r on r.document_id = i.document_id
    left join invoice_reminders last on last.client_account_id = ${clientAccountId} and last.id = r.last_id
    left join document_disputes x on x.client_account_id = ${clientAccountId} and x.document_id = i.document_id
    where i.side = 'customer' and i.remaining > 0 and coalesce(i.due_date, d.due_date, i.entry_date) < ${day}::date
      and ${where}`;
}

/** The amounts and deadline of a reminder of the claim on a day. */
export interface ReminderTerms {
  level: Level;
  reminderDate: LocalDate;
  dueDate: LocalDate;
  principal: Ore;
  fee: Ore;
  interest: Ore;
  earlier: Ore;
  total: Ore;
  interestRates: Interest['rates'];
  leftOut: LeftOut[];
}

export function termsOf(claim: Overdue, level: Level, day: LocalDate, settings: ReminderSettings): ReminderTerms {
  const rates = ratesInUse(settings.own);
  const principal = ore(claim.remaining);
  const leftOut: LeftOut[] = [];
  const most = largestFee(rates, day);
  let fee = 0n;
  if (settings.charges_fee) {
    if (daysBetween(claim.due, day) < DAYS) leftOut.push('FEE_TOO_EARLY');
    else if (claim.fees >= MOST_FEES) leftOut.push('FEE_TWICE_ASKED');
    else if (most === null) leftOut.push('FEE_NO_RATE');
    else fee = settings.feeAmount !== null && settings.feeAmount < most ? settings.feeAmount : most;
  }
  let interest = 0n;
  let interestRates: Interest['rates'] = [];
  if (settings.charges_interest) {
    const found = interestOf(rates, principal, claim.due, day);
    if ('missing' in found) leftOut.push('INTEREST_NO_RATE');
    else {
      const asked = ore(claim.interest_asked);
      interest = found.amount > asked ? found.amount - asked : 0n;
      interestRates = found.rates;
    }
  }
  const earlier = ore(claim.earlier);
  const total = principal + earlier + fee + interest;
  const dueDate = addDays(day, DAYS);
  return { level, reminderDate: day, dueDate, principal, fee, interest, earlier, total, interestRates, leftOut };
}

/** A reminder is followed by the notice. */
export const levelAfter = (last: Level | null): Level => (last === null ? 'REMINDER' : 'NOTICE');

export const ProposalView = strict({
  document_id: Id,
  document_number: nullable(Type.String()),
  business_partner_id: nullable(Id),
  business_partner_name: nullable(Type.String()),
  document_due_date: DateText,
  days_overdue: Type.Integer(),
  last_reminder_number: nullable(Type.Integer()),
  ...terms,
});
export type ProposalView = Static<typeof ProposalView>;

/**
 * Claims that are due for a reminder: 14 days overdue, or past the deadline of the previous reminder. Excludes disputed
 * claims and those that have had their notice.
 */
export const proposeReminders = readOperation({
  name: 'reminder.proposals',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: Page & { date: LocalDate }) {
    const { date } = input;
    const latest = addDays(date, -DAYS);
    const where = sql`x.document_id is null and coalesce(i.due_date, d.due_date, i.entry_date) <= ${latest}::date
      and (last.id is null or last.level = 'REMINDER' and last.due_date < ${date}::date)`;
    await tx.execute(sql`set local enable_nestloop = off`);
    const settings = await readReminderSettings(tx, clientAccountId);
    const rows = await tx.rows<Overdue & { records: number }>(sql`
      select o.*, count(*) over () as records from (${overdueSelect(clientAccountId, date, where)}) o
      order by o.due, o.document_id ${limitOffset(input)}`);
    return envelope(
      rows.map((row) => proposalOf(row, date, settings)),
      input,
      rows[0]?.records ?? 0,
    );
  },
});

function proposalOf(claim: Overdue, date: LocalDate, settings: ReminderSettings): ProposalView {
  return {
    document_id: claim.document_id,
    document_number: claim.document_number,
    business_partner_id: claim.business_partner_id,
    business_partner_name: claim.name,
    document_due_date: claim.due,
    days_overdue: daysBetween(claim.due, date),
    last_reminder_number: claim.last_number,
    ...termsView(termsOf(claim, levelAfter(claim.last_level), date, settings)),
  };
}

export function termsView(of: ReminderTerms) {
  return {
    level: of.level,
    reminder_date: of.reminderDate,
    due_date: of.dueDate,
    principal_amount: formatAmount(of.principal),
    fee_amount: formatAmount(of.fee),
    interest_amount: formatAmount(of.interest),
    total_amount: formatAmount(of.total),
    interest_rates: of.interestRates,
    left_out: of.leftOut,
  };
}

export async function findOverdue(
  tx: Transaction,
  clientAccountId: number,
  documentId: number,
  day: LocalDate,
): Promise<Overdue | undefined> {
  return tx.maybe<Overdue>(overdueSelect(clientAccountId, day, sql`i.document_id = ${documentId}`));
}
