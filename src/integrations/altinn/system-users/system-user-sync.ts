import sql from 'sql-template-tag';
import { outboundErrors } from '../../../platform/outbound/errors.ts';
import { type Call, type Platform, writeAudit } from '../../../platform/operation.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import { SERVICE } from '../altinn-problem.ts';
import { nextSync } from './pace.ts';
import { type Evidence, hasEnded, type Known, mayHaveSystemUser, statusFrom } from './status.ts';
import { findSystemUser, type SystemUserRow } from './system-user.ts';
import type { AltinnRequest, RequestKey } from './system-user-answer.ts';
import type { SystemUserClient } from './system-user-client.ts';

/** Altinn's responses about a request, with the addresses in them. */
export interface Observed extends Evidence {
  confirmUrl: string | null;
}

/** Requests for system users. Throws outbound.not_configured (503). */
export function systemUsersOf({ outside }: Platform): SystemUserClient {
  if (!outside?.systemUsers) throw outboundErrors.not_configured({ service: SERVICE });
  return outside.systemUsers;
}

export function keyOf(row: Pick<SystemUserRow, 'system_id' | 'org_number' | 'external_ref'>): RequestKey {
  return { systemId: row.system_id, organizationNumber: row.org_number, externalRef: row.external_ref };
}

export function knownOf(row: Pick<SystemUserRow, 'status' | 'accepted_at' | 'returned_at'>): Known {
  return { status: row.status, acceptedAt: row.accepted_at, returnedAt: row.returned_at };
}

/** Queries Altinn about a known request, and about the system user if there may be one. */
export async function observe(client: SystemUserClient, row: SystemUserRow): Promise<Observed> {
  const request = await client.read({ ...keyOf(row), id: row.id });
  return observeRequest(client, request, { key: keyOf(row), known: knownOf(row), id: row.id });
}

export async function observeRequest(
  client: SystemUserClient,
  request: AltinnRequest | null,
  { key, known, id }: { key: RequestKey; known: Known | null; id: string },
): Promise<Observed> {
  // Another system user under our reference does not come from this request.
  const found = mayHaveSystemUser({ request }, known) ? await client.find(key) : null;
  return { request, hasSystemUser: found?.id === id, confirmUrl: request?.confirmUrl ?? null };
}

/**
 * Queries Altinn about a request and stores the result. Ended or replaced requests are not queried, because their state
 * is final. Throws system_users.refused, the maskinporten and the outbound errors.
 */
export async function syncSystemUser(
  platform: Platform,
  row: SystemUserRow,
  call: Omit<Call, 'clientAccountId'>,
): Promise<SystemUserRow> {
  if (hasEnded(row.status) || row.replaced_at) return row;
  const observed = await observe(systemUsersOf(platform), row);
  return platform.database.transaction({ clientAccounts: [row.client_account_id], mode: 'write' }, (tx) =>
    writeObserved(tx, row, observed, { now: platform.clock.now(), call }),
  );
}

/** Stores the result, unless the status has changed meanwhile: then the stored one is newer. */
export async function writeObserved(
  tx: Transaction,
  before: SystemUserRow,
  observed: Observed,
  { now, call }: { now: Date; call: Omit<Call, 'clientAccountId'> },
): Promise<SystemUserRow> {
  const { client_account_id: clientAccountId, id } = before;
  const status = statusFrom(observed, knownOf(before), now);
  const isAccepted = observed.request?.status === 'Accepted' || observed.hasSystemUser;
  const acceptedAt = before.accepted_at ?? (isAccepted ? now : null);
  const hasChanged = status !== before.status;
  const since = hasChanged ? now : latest(before.created_at, before.returned_at, acceptedAt);
  const written = await tx.execute(sql`
    update altinn_system_users set status = ${status}, accepted_at = ${acceptedAt},
      confirm_url = coalesce(${observed.confirmUrl}, confirm_url),
      next_sync_at = ${nextSync(status, { since, now })}, failures = 0, synced_at = ${now},
      version = version + ${hasChanged ? 1 : 0}, updated_at = ${hasChanged ? now : before.updated_at}
    where client_account_id = ${clientAccountId} and id = ${id} and version = ${before.version} and replaced_at is null`);
  if (written > 0 && hasChanged)
    await writeAudit(tx, 'altinn.system-user-sync', { ...call, clientAccountId }, [
      {
        recordType: 'altinn_system_user',
        before: { id, status: before.status },
        after: { id, status, external_ref: before.external_ref },
      },
    ]);
  return (await findSystemUser(tx, clientAccountId, id))!;
}

function latest(first: Date, ...others: (Date | null)[]): Date {
  return others.reduce<Date>((left, one) => (one && one > left ? one : left), first);
}
