import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../../kernel/clock.ts';
import type { LocalDate } from '../../../kernel/local-date.ts';
import { formatAmount, ore } from '../../../kernel/money.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { DateText, Id, nullable, strict, TimeText, Type } from '../../../platform/http/schema.ts';
import { lastDayToCancel, lastDayToSend } from '../files/claim-deadline.ts';
import { CLAIM_REASONS, type ClaimReason } from './claim-reasons.ts';

export const CLAIM_STATES = ['WAITING', 'IN_FILE', 'SENT', 'STOPPING', 'STOPPED', 'MISSED', 'UNPAID', 'PAID'] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

const NText = nullable(Type.String());

export const ClaimShape = strict({
  id: Id,
  document_id: Id,
  account_number: Type.String(),
  kid: Type.String(),
  amount: Type.String(),
  due_date: DateText,
  notice: Type.Enum(['bank', 'payee'], {
    description: 'bank: the bank tells the payer (type 21); payee: the company does, or the payer wants none (type 02)',
  }),
  status: Type.Enum([...CLAIM_STATES], {
    description:
      'WAITING for a file; IN_FILE: perhaps on its way; SENT; STOPPING: its cancellation is on the way; STOPPED; MISSED its deadline; UNPAID after its due date; PAID',
  }),
  reason: nullable(strict({ code: Type.String(), nb: Type.String(), en: Type.String() })),
  send_by: { ...DateText, description: 'Bank day, before 14:00 in Norway' },
  stop_by: { ...DateText, description: 'Bank day, before 14:00 in Norway' },
  transmission_number: NText,
  cancellation_transmission_number: NText,
  bank_transaction_id: nullable(Id),
  paid_on: nullable(DateText),
  created_at: TimeText,
  created_by_id: nullable(Id),
  status_at: TimeText,
});

export interface ClaimRow {
  id: number;
  document_id: number;
  account_number: string;
  kid: string;
  amount: number;
  due_date: LocalDate;
  notice: 'bank' | 'payee';
  state: ClaimState;
  reason_code: ClaimReason | null;
  state_at: Date;
  transmission_number: string | null;
  cancellation_number: string | null;
  bank_transaction_id: number | null;
  paid_on: LocalDate | null;
  created_at: Date;
  created_by_id: number | null;
}

/** Claims with the numbers of their transmissions. `tail`: conditions on `c`, order, limit. */
export function readClaims(tx: Transaction, clientAccountId: number, tail: Sql): Promise<ClaimRow[]> {
  return tx.rows<ClaimRow>(sql`
    select c.id, c.document_id, c.account_number, c.kid, c.amount, c.due_date, c.notice, c.state, c.reason_code, c.state_at,
      f.transmission_number, x.transmission_number as cancellation_number, c.bank_transaction_id, c.paid_on, c.created_at,
      c.created_by_id
    from avtalegiro_claims c
    left join avtalegiro_files f on f.client_account_id = c.client_account_id and f.id = c.file_id
    left join avtalegiro_files x on x.client_account_id = c.client_account_id and x.id = c.cancel_file_id
    where c.client_account_id = ${clientAccountId} ${tail}`);
}

export function claimJson(row: ClaimRow) {
  return {
    id: row.id,
    document_id: row.document_id,
    account_number: row.account_number,
    kid: row.kid,
    amount: formatAmount(ore(row.amount)),
    due_date: row.due_date,
    notice: row.notice,
    status: row.state,
    reason: row.reason_code && { code: row.reason_code, ...CLAIM_REASONS[row.reason_code] },
    send_by: lastDayToSend(row.due_date, row.notice),
    stop_by: lastDayToCancel(row.due_date),
    transmission_number: row.transmission_number,
    cancellation_transmission_number: row.cancellation_number,
    bank_transaction_id: row.bank_transaction_id,
    paid_on: row.paid_on,
    created_at: isoSeconds(row.created_at),
    created_by_id: row.created_by_id,
    status_at: isoSeconds(row.state_at),
  };
}
