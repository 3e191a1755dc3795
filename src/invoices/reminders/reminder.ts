import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';

export const LEVELS = ['REMINDER', 'NOTICE'] as const;
export type Level = (typeof LEVELS)[number];
/** Why a fee or interest is not charged although the settings ask for it. */
export const LEFT_OUT = ['FEE_NO_RATE', 'FEE_TOO_EARLY', 'FEE_TWICE_ASKED', 'INTEREST_NO_RATE'] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

const Amount = Type.String();
const NText = nullable(Type.String());
export const terms = {
  level: Type.Enum([...LEVELS], { description: 'NOTICE: notice of debt collection (inkassovarsel)' }),
  reminder_date: DateText,
  due_date: { ...DateText, description: 'The new deadline, 14 days later' },
  principal_amount: { ...Amount, description: 'Open of the document, in kroner' },
  fee_amount: Amount,
  interest_amount: { ...Amount, description: 'Since the due date, less what earlier reminders have asked' },
  total_amount: { ...Amount, description: 'Principal, what is open of earlier fees and interest, and these' },
  interest_rates: Type.Array(
    strict({ percent: Type.String(), date_from: DateText, date_to: DateText, days: Type.Integer() }),
  ),
  left_out: Type.Array(Type.Enum([...LEFT_OUT]), {
    description: 'Why there is no fee or interest: no rate is known for a day, less than 14 days overdue, asked twice',
  }),
};

export const ReminderView = strict({
  id: Id,
  client_account_id: Id,
  number: Type.Integer({ description: 'One series for each client account' }),
  document_id: Id,
  ...terms,
  claim_document_id: nullable({ ...Id, description: 'The document (ARDEB) that claims fee and interest' }),
  delivery: nullable(
    strict({
      channel: Type.Enum(['EMAIL', 'PRINT']),
      status: Type.Enum(['QUEUED', 'SENT', 'FAILED']),
      recipient: NText,
      attempts: Type.Integer(),
      reason: NText,
      sent_at: nullable(TimeText),
    }),
  ),
  created_at: TimeText,
  created_by_id: nullable(Id),
  undone_at: nullable(TimeText),
  undone_by_id: nullable(Id),
  undo_reason: NText,
});
export type ReminderView = Static<typeof ReminderView>;

interface ReminderRow extends Pick<
  ReminderView,
  | 'id'
  | 'client_account_id'
  | 'number'
  | 'document_id'
  | 'level'
  | 'reminder_date'
  | 'due_date'
  | 'interest_rates'
  | 'left_out'
  | 'claim_document_id'
  | 'created_by_id'
  | 'undone_by_id'
  | 'undo_reason'
> {
  principal_amount: number;
  fee_amount: number;
  interest_amount: number;
  earlier_amount: number;
  channel: 'EMAIL' | 'PRINT' | null;
  recipient: string | null;
  attempts: number | null;
  last_error: string | null;
  sent_at: Date | null;
  created_at: Date;
  undone_at: Date | null;
}

/** A queued mail with more failed attempts than this counts as failed. */
const LAST_ATTEMPT = 6;

export async function reminders(tx: Transaction, clientAccountId: number, tail: Sql): Promise<ReminderView[]> {
  const rows = await tx.rows<ReminderRow>(sql`
    select r.id, r.client_account_id, r.number, r.document_id, r.level, r.reminder_date, r.due_date, r.principal_amount,
      r.fee_amount, r.interest_amount, r.interest_rates, r.left_out, r.claim_document_id, r.channel, r.recipient,
      coalesce(m.sent_at, r.sent_at) as sent_at, m.attempts, m.last_error, r.created_at, r.created_by_id, r.undone_at,
      r.undone_by_id, r.undo_reason, r.earlier_amount
    from invoice_reminders r
    left join mail_outbox m on m.id = r.mail_id
    where r.client_account_id = ${clientAccountId} ${tail}`);
  return rows.map(viewOf);
}

function viewOf(row: ReminderRow): ReminderView {
  const {
    principal_amount,
    fee_amount,
    interest_amount,
    earlier_amount,
    channel,
    recipient,
    attempts,
    last_error,
    sent_at,
    created_at,
    undone_at,
    ...kept
  } = row;
  const status = sent_at ? 'SENT' : last_error !== null && (attempts ?? 0) > LAST_ATTEMPT ? 'FAILED' : 'QUEUED';
  const total = ore(principal_amount) + ore(earlier_amount) + ore(fee_amount) + ore(interest_amount);
  return {
    ...kept,
    principal_amount: formatAmount(ore(principal_amount)),
    fee_amount: formatAmount(ore(fee_amount)),
    interest_amount: formatAmount(ore(interest_amount)),
    total_amount: formatAmount(total),
    delivery: channel && {
      channel,
      status,
      recipient,
      attempts: attempts ?? 0,
      reason: last_error,
      sent_at: sent_at && isoSeconds(sent_at),
    },
    created_at: isoSeconds(created_at),
    undone_at: undone_at && isoSeconds(undone_at),
  };
}

export async function findReminder(tx: Transaction, clientAccountId: number, id: number): Promise<ReminderView> {
  const [found] = await reminders(tx, clientAccountId, sql`and r.id = ${id}`);
  if (!found) throw requestErrors.not_found({ what: 'Reminder' });
  return found;
}

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

export const getReminder = readOperation({
  name: 'reminder.get',
  access,
  run: ({ tx, clientAccountId }, { id }: { id: number }) => findReminder(tx, clientAccountId, id),
});

export const listReminders = readOperation({
  name: 'reminder.list',
  access,
  async run({ tx, clientAccountId }, input: Page & { documentId: number | null }) {
    const where = sql`and (${input.documentId}::bigint is null or r.document_id = ${input.documentId})`;
    const { records } = await tx.one<{ records: number }>(sql`
      select count(*) as records from invoice_reminders r where r.client_account_id = ${clientAccountId} ${where}`);
    const rows = await reminders(tx, clientAccountId, sql`${where} order by r.number desc ${limitOffset(input)}`);
    return envelope(rows, input, records);
  },
});
