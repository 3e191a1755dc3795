import sql, { type Sql } from 'sql-template-tag';
import type { Deviation } from '../../integrations/index.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Language, Text } from '../../platform/errors.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';

/** `SENDING` until the instance at Altinn is completed, `SENT` until the tax administration responds. */
export type SubmissionStatus = 'SENDING' | 'SENT' | 'ACCEPTED' | 'REJECTED' | 'LOST';

/** What a submission waits for: a login, a person's right or decision, or a party that is down. */
export type WaitingFor = 'LOGIN' | 'PERSON' | 'PARTY';

export interface Problem extends Text {
  code: string;
}

/** A return under way to the tax administration, or answered by it. */
export interface Submission {
  id: number;
  from: LocalDate;
  to: LocalDate;
  version: number;
  isCorrection: boolean;
  settlementId: number | null;
  /** Of its settlement; null if the term has none. */
  settlementVoucherId: number | null;
  settlementEntryId: number | null;
  organizationNumber: string;
  category: string;
  /** The return as XML. */
  message: string;
  /** `fastsattMerverdiavgift`, whole kroner. */
  payable: bigint;
  status: SubmissionStatus;
  deviations: Deviation[];
  senderId: number;
  createStartedAt: Date | null;
  instanceId: string | null;
  nextAt: Date | null;
  polls: number;
  failures: number;
  waitingFor: WaitingFor | null;
  problem: Problem | null;
  sentAt: Date | null;
  answeredAt: Date | null;
  answer: string | null;
  receiptVoucherId: number | null;
  paymentVoucherId: number | null;
  resultVoucherId: number | null;
  payment: SubmissionPayment | null;
  createdAt: Date;
  createdById: number;
}

export interface SubmissionPayment {
  kid: string | null;
  amount: Ore;
  dueDate: LocalDate;
  accountNumber: string | null;
  recipient: string | null;
}

interface Row {
  id: number;
  from_date: LocalDate;
  to_date: LocalDate;
  version: number;
  is_correction: boolean;
  settlement_id: number | null;
  settlement_voucher_id: number | null;
  settlement_entry_id: number | null;
  organization_number: string;
  category: string;
  message: string;
  payable: number;
  status: SubmissionStatus;
  deviations: Deviation[];
  sender_id: number;
  create_started_at: Date | null;
  instance_id: string | null;
  next_at: Date | null;
  polls: number;
  failures: number;
  waiting_for: WaitingFor | null;
  problem: Problem | null;
  sent_at: Date | null;
  answered_at: Date | null;
  answer: string | null;
  receipt_voucher_id: number | null;
  payment_voucher_id: number | null;
  result_voucher_id: number | null;
  payment_kid: string | null;
  payment_amount: number | null;
  payment_due_date: LocalDate | null;
  payment_account: string | null;
  payment_recipient: string | null;
  created_at: Date;
  created_by_id: number;
}

/** By term, and in order of sending. `where` refers to `s`. */
export async function submissions(tx: Transaction, clientAccountId: number, where: Sql): Promise<Submission[]> {
  const rows = await tx.rows<Row>(sql`
    select s.*, v.voucher_id as settlement_voucher_id, v.journal_entry_id as settlement_entry_id
    from vat_submissions s
    left join vat_settlements v on v.client_account_id = s.client_account_id and v.id = s.settlement_id
    where s.client_account_id = ${clientAccountId} and ${where}
    order by s.from_date, s.to_date, s.version`);
  return rows.map((row) => ({
    id: row.id,
    from: row.from_date,
    to: row.to_date,
    version: row.version,
    isCorrection: row.is_correction,
    settlementId: row.settlement_id,
    settlementVoucherId: row.settlement_voucher_id,
    settlementEntryId: row.settlement_entry_id,
    organizationNumber: row.organization_number,
    category: row.category,
    message: row.message,
    payable: ore(row.payable),
    status: row.status,
    deviations: row.deviations,
    senderId: row.sender_id,
    createStartedAt: row.create_started_at,
    instanceId: row.instance_id,
    nextAt: row.next_at,
    polls: row.polls,
    failures: row.failures,
    waitingFor: row.waiting_for,
    problem: row.problem,
    sentAt: row.sent_at,
    answeredAt: row.answered_at,
    answer: row.answer,
    receiptVoucherId: row.receipt_voucher_id,
    paymentVoucherId: row.payment_voucher_id,
    resultVoucherId: row.result_voucher_id,
    payment:
      row.payment_amount === null
        ? null
        : {
            kid: row.payment_kid,
            amount: ore(row.payment_amount),
            dueDate: row.payment_due_date!,
            accountNumber: row.payment_account,
            recipient: row.payment_recipient,
          },
    createdAt: row.created_at,
    createdById: row.created_by_id,
  }));
}

export const SubmissionView = strict({
  id: Id,
  created_at: TimeText,
  created_by_id: Id,
  client_account_id: Id,
  from_date: DateText,
  to_date: DateText,
  settlement_voucher_id: nullable(Id),
  settlement_journal_entry_id: nullable(Id),
  status: Type.Enum(['PREPARED', 'SENDING', 'SENT', 'ACCEPTED', 'REJECTED', 'LOST'], {
    description:
      'PREPARED: settled, not sent. SENDING: on its way through Altinn. SENT: completed there, no answer yet. ACCEPTED, REJECTED: the answer. LOST: removed from Altinn before there was one',
  }),
  version: nullable(Type.Integer({ description: 'Of the term, from 1; null where nothing was sent' })),
  is_correction: Type.Boolean({
    description: 'It takes the place of an accepted return; it is complete, as every one',
  }),
  vat_payable: Type.String({ description: 'fastsattMerverdiavgift in kroner; negative: refund' }),
  waiting_for: nullable(
    Type.Enum(['LOGIN', 'PERSON', 'PARTY'], {
      description:
        'LOGIN: the sender logs in through ID-porten and it goes on. PERSON: send again, as somebody with the right. PARTY: a party is down, it is tried again by itself',
    }),
  ),
  problem: nullable(strict({ code: Type.String(), text: Type.String() })),
  next_attempt_at: nullable(TimeText),
  deviations: Type.Array(
    strict({
      rule: nullable(Type.String({ description: 'Number of the validation rule of mva-meldingen' })),
      code: Type.String({ description: 'Skatteetaten’s identifier of it' }),
      severity: Type.Enum(['refuses', 'deviates']),
      tax_code: nullable(Type.String({ description: 'Standard code of the line; null: the return' })),
      text: Type.String(),
    }),
    { description: 'What Skatteetaten says of the return; of a rejected one, why' },
  ),
  answer: nullable(Type.String({ description: 'Skatteetaten’s own sentence, in Norwegian' })),
  altinn_instance_id: nullable(Type.String()),
  sent_at: nullable(TimeText),
  answered_at: nullable(TimeText),
  receipt_voucher_id: nullable(Id),
  payment_information_voucher_id: nullable(Id),
  validation_voucher_id: nullable(Id),
  payment: nullable(
    strict({
      kid: nullable(Type.String()),
      amount: Type.String({ description: 'Positive: to pay' }),
      due_date: Type.String({ format: 'date' }),
      account_number: nullable(Type.String()),
      recipient: nullable(Type.String()),
    }),
  ),
});
export type SubmissionView = Static<typeof SubmissionView>;

export function submissionView(clientAccountId: number, one: Submission, language: Language): SubmissionView {
  const { payment, problem } = one;
  return {
    id: one.id,
    created_at: isoSeconds(one.createdAt),
    created_by_id: one.createdById,
    client_account_id: clientAccountId,
    from_date: one.from,
    to_date: one.to,
    settlement_voucher_id: one.settlementVoucherId,
    settlement_journal_entry_id: one.settlementEntryId,
    status: one.status,
    version: one.version,
    is_correction: one.isCorrection,
    vat_payable: formatAmount(one.payable * 100n),
    waiting_for: one.waitingFor,
    problem: problem && { code: problem.code, text: problem[language] },
    next_attempt_at: time(one.nextAt),
    deviations: one.deviations.map(({ rule, code, severity, vatCode, text }) => ({
      rule,
      code,
      severity,
      tax_code: vatCode,
      text: text[language],
    })),
    answer: one.answer,
    altinn_instance_id: one.instanceId,
    sent_at: time(one.sentAt),
    answered_at: time(one.answeredAt),
    receipt_voucher_id: one.receiptVoucherId,
    payment_information_voucher_id: one.paymentVoucherId,
    validation_voucher_id: one.resultVoucherId,
    payment: payment && {
      kid: payment.kid,
      amount: formatAmount(payment.amount),
      due_date: payment.dueDate,
      account_number: payment.accountNumber,
      recipient: payment.recipient,
    },
  };
}

function time(at: Date | null): string | null {
  return at && isoSeconds(at);
}
