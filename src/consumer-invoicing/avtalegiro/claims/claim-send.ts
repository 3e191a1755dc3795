import { createHash } from 'node:crypto';
import sql, { raw } from 'sql-template-tag';
import { assert } from '../../../kernel/assert.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import type { Text } from '../../../platform/errors.ts';
import { type Platform, writeAudit } from '../../../platform/operation.ts';
import { numberArray } from '../../../platform/database/arrays.ts';
import { type ClaimFile, claimFileContent } from './claim-file-content.ts';
import { withdrawLateFile } from './claim-late.ts';

export interface WaitingClaimFile {
  clientAccountId: number;
  id: number;
  /** Eight characters. */
  bic: string;
}

/** A file in the course of sending. */
export interface ClaimFileToSend {
  id: number;
  /** The same for every attempt. */
  name: string;
  content: Buffer;
}

/** Prepared files of these client accounts, oldest first; the next run continues. */
export function claimFilesToSend(tx: Transaction, clientAccountIds: readonly number[]): Promise<WaitingClaimFile[]> {
  return tx.rows<WaitingClaimFile>(sql`
    select client_account_id as "clientAccountId", id, bic from avtalegiro_files
    where client_account_id = any(${numberArray(clientAccountIds)}::bigint[]) and state = 'PREPARED'
    order by client_account_id, id limit 1000`);
}

/**
 * The file as it was numbered, regardless of later changes; null if it has been sent, or was withdrawn because a deadline in
 * it has passed.
 */
export function beginSendingClaims(
  { database, clock }: Platform,
  clientAccountId: number,
  id: number,
): Promise<ClaimFileToSend | null> {
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    const row = await tx.maybe<{
      kind: ClaimFile['kind'];
      sender: string;
      number: string;
      sha256: Buffer;
      attempts: number;
    }>(sql`
      update avtalegiro_files set send_attempts = send_attempts + 1
      where client_account_id = ${clientAccountId} and id = ${id} and state = 'PREPARED'
      returning kind, sender, transmission_number as number, sha256, send_attempts as attempts`);
    if (!row) return null;
    const { kind, sender, number } = row;
    const prepared = { clientAccountId, id, kind, wasTried: row.attempts > 1 };
    if (await withdrawLateFile(tx, prepared, clock.now())) return null;
    const file = { clientAccountId, id, kind, sender, transmissionNumber: Number(number) };
    const pieces: Buffer[] = [];
    for await (const piece of claimFileContent(tx, file)) pieces.push(piece);
    const content = Buffer.concat(pieces);
    assert(createHash('sha256').update(content).digest().equals(row.sha256), 'a numbered file does not change');
    return { id, name: `avtalegiro-${sender}-${number}`, content };
  });
}

export type ClaimSendOutcome = { sent: true } | { sent: false; problem: { code: string } & Text };

/** Records the result of sending: from now on the operator has its claims or cancellations. */
export function endSendingClaims(
  { database, clock }: Platform,
  clientAccountId: number,
  { id }: Pick<ClaimFileToSend, 'id'>,
  outcome: ClaimSendOutcome,
): Promise<void> {
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    const now = clock.now();
    if (!outcome.sent) {
      await tx.execute(sql`
        update avtalegiro_files set send_error = ${JSON.stringify(outcome.problem)}
        where client_account_id = ${clientAccountId} and id = ${id} and state = 'PREPARED'`);
      return;
    }
    const file = await tx.maybe<{ kind: ClaimFile['kind']; transmission_number: string; claims: number }>(sql`
      update avtalegiro_files set state = 'SENT', sent_at = ${now}, send_error = null
      where client_account_id = ${clientAccountId} and id = ${id} and state = 'PREPARED'
      returning kind, transmission_number, claims`);
    if (!file) return;
    const isClaims = file.kind === 'claims';
    await tx.execute(sql`
      update avtalegiro_claims set state = ${isClaims ? 'SENT' : 'STOPPED'}, state_at = ${now}
      where client_account_id = ${clientAccountId} and ${raw(isClaims ? 'file_id' : 'cancel_file_id')} = ${id}
        and state = ${isClaims ? 'IN_FILE' : 'STOPPING'}`);
    await writeAudit(tx, 'consumer_invoicing.avtalegiro.claims.send', { caller: null, clientAccountId }, [
      { recordType: 'avtalegiro_file', recordId: id, after: file },
    ]);
  });
}
