import sql, { raw } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';

export const ISSUER_AGREEMENT_STATES = ['PENDING', 'CONFIRMED', 'DISABLED', 'EXPIRED', 'REJECTED'] as const;
export type IssuerAgreementState = (typeof ISSUER_AGREEMENT_STATES)[number];

/** Days that the link in the mail can be used. */
export const LINK_DAYS = 30;

export const IssuerAgreementShape = strict({
  state: Type.Enum([...ISSUER_AGREEMENT_STATES]),
  signer_name: Type.String(),
  signer_email: Type.String(),
  ordered_at: TimeText,
  expires_at: TimeText,
  accepted_at: nullable(TimeText),
  state_at: TimeText,
  reason: nullable(Type.String({ description: 'Why it was rejected' })),
});

export interface IssuerAgreementRow {
  client_account_id: number;
  id: number;
  state: IssuerAgreementState;
  signer_name: string;
  signer_email: string;
  ordered_at: Date;
  expires_at: Date;
  accepted_at: Date | null;
  state_at: Date;
  reason: string | null;
}

export const ISSUER_AGREEMENT_COLUMNS =
  'client_account_id, id, state, signer_name, signer_email, ordered_at, expires_at, accepted_at, state_at, reason';

export function issuerAgreementJson(row: IssuerAgreementRow) {
  return {
    state: row.state,
    signer_name: row.signer_name,
    signer_email: row.signer_email,
    ordered_at: isoSeconds(row.ordered_at),
    expires_at: isoSeconds(row.expires_at),
    accepted_at: row.accepted_at && isoSeconds(row.accepted_at),
    state_at: isoSeconds(row.state_at),
    reason: row.reason,
  };
}

/** The latest order; an unused link counts as expired, even if that has not been recorded yet. */
export async function latestAgreement(
  tx: Transaction,
  clientAccountId: number,
  now: Date,
  { forUpdate = false } = {},
): Promise<IssuerAgreementRow | undefined> {
  const row = await tx.maybe<IssuerAgreementRow>(sql`
    select ${raw(ISSUER_AGREEMENT_COLUMNS)} from issuer_agreements
    where client_account_id = ${clientAccountId} order by id desc limit 1 ${raw(forUpdate ? 'for update' : '')}`);
  return row && hasExpired(row, now) ? { ...row, state: 'EXPIRED', state_at: row.expires_at } : row;
}

/** An accepted order waits for the operator, for any length of time. */
export function hasExpired(row: IssuerAgreementRow, now: Date): boolean {
  return row.state === 'PENDING' && row.accepted_at === null && row.expires_at <= now;
}
