import sql, { type Sql } from 'sql-template-tag';
import type { LocalDate } from '../../../kernel/local-date.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { writeAudit } from '../../../platform/operation.ts';
import { isBeforeDeadline, lastDayToCancel, lastDayToSend } from '../files/claim-deadline.ts';
import type { ClaimState } from './claim.ts';
import type { ClaimFile } from './claim-file-content.ts';

interface PreparedFile {
  clientAccountId: number;
  id: number;
  kind: ClaimFile['kind'];
  /** An attempt was made, and the file may have arrived. */
  wasTried: boolean;
}

/**
 * Withdraws a prepared file with a claim whose deadline has passed since; returns whether it did. If no attempt to send it
 * was made, late claims are MISSED and the others wait for the next file. After an attempt the file may have arrived: its
 * claims count as sent, because in another file they might be debited twice. Late cancellations have no effect; the others
 * go into the next file, where they do no harm.
 */
export async function withdrawLateFile(tx: Transaction, file: PreparedFile, now: Date): Promise<boolean> {
  const { clientAccountId, id, kind, wasTried } = file;
  const isClaims = kind === 'claims';
  const inFile = isClaims ? sql`c.file_id = ${id}` : sql`c.cancel_file_id = ${id}`;
  const terms = await tx.rows<{ due_date: LocalDate; notice: 'bank' | 'payee' }>(sql`
    select distinct c.due_date, c.notice from avtalegiro_claims c where c.client_account_id = ${clientAccountId} and ${inFile}`);
  const late = terms.filter(
    ({ due_date: due, notice }) => !isBeforeDeadline(isClaims ? lastDayToSend(due, notice) : lastDayToCancel(due), now),
  );
  if (late.length === 0) return false;
  const isLate = sql`(c.due_date, c.notice) in (
    select * from unnest(${late.map((each) => each.due_date)}::date[], ${late.map(({ notice }) => notice)}::text[]))`;
  const change = isClaims ? (wasTried ? perhapsSent : notSent(isLate)) : notCancelled(isLate);
  const ended = await tx.rows<{ id: number; state: ClaimState }>(sql`
    update avtalegiro_claims c set ${change}, state_at = ${now}
    where c.client_account_id = ${clientAccountId} and ${inFile}
      and c.state in ('STOPPING', ${isClaims ? 'IN_FILE' : 'STOPPING'}) returning c.id, c.state`);
  await tx.execute(sql`
    update avtalegiro_files set state = 'WITHDRAWN' where client_account_id = ${clientAccountId} and id = ${id}`);
  await writeAudit(tx, 'consumer_invoicing.avtalegiro.claims.withdraw', { caller: null, clientAccountId }, [
    { recordType: 'avtalegiro_file', recordId: id, after: { kind, state: 'WITHDRAWN' } },
    ...[...new Set(ended.map(({ state }) => state))].map((state) => ({
      recordType: 'avtalegiro_claim',
      recordIds: ended.filter((claim) => claim.state === state).map((claim) => claim.id),
      after: { state },
    })),
  ]);
  return true;
}

/** A claim that a user is stopping is stopped now, if it has not left. */
const notSent = (isLate: Sql) => sql`
  state = case when c.state = 'STOPPING' then 'STOPPED' when ${isLate} then 'MISSED' else 'WAITING' end,
  reason_code = case when c.state = 'STOPPING' then c.reason_code when ${isLate} then 'too_late' end, file_id = null`;

const perhapsSent = sql`
  state = case when c.state = 'STOPPING' then c.state else 'SENT' end,
  reason_code = case when c.state = 'STOPPING' then c.reason_code else 'perhaps_sent' end`;

const notCancelled = (isLate: Sql) => sql`
  state = case when ${isLate} then 'SENT' else c.state end,
  reason_code = case when ${isLate} then 'stopped_too_late' else c.reason_code end, cancel_file_id = null`;
