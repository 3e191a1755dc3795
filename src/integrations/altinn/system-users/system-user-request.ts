import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../../../platform/caller.ts';
import { insertion } from '../../../platform/database/columns.ts';
import { requestErrors } from '../../../platform/errors.ts';
import type { Platform } from '../../../platform/operation.ts';
import { outsideOperation, type OutsideWrite } from '../../../platform/outside-operation.ts';
import { organizationNumberOf } from '../../client-organization.ts';
import { systemUserErrors } from './errors.ts';
import { failingAs } from './outside-failure.ts';
import { nextSync } from './pace.ts';
import { returnKeyIn, returnUrl } from './return-address.ts';
import { hasEnded, statusFrom, type SystemUserStatus } from './status.ts';
import {
  findSystemUser,
  standingSystemUser,
  type SystemUserRow,
  type SystemUserView,
  systemUserView,
} from './system-user.ts';
import type { AltinnRequest, RequestKey } from './system-user-answer.ts';
import type { SystemUserClient } from './system-user-client.ts';
import { knownOf, observe, type Observed, observeRequest, systemUsersOf, writeObserved } from './system-user-sync.ts';

interface Before {
  organizationNumber: string;
  standing: SystemUserRow | undefined;
  /** Number of replaced requests of this organisation. */
  replaced: number;
}

/** The existing request is still valid, or a new one was created; `ended`: the final state of the previous one. */
type Asked =
  | { kind: 'standing'; observed: Observed }
  | {
      kind: 'made';
      request: AltinnRequest;
      observed: Observed;
      ended: SystemUserStatus | null;
      rights: readonly object[];
    };

/** The title that the approver sees. */
const TITLE = 'Hovedbok';

/**
 * Requests a system user for the client account's organisation at Altinn, or returns the existing one: our reference
 * stays the same until it has ended, so that repeated requests give one. After one has ended (rejected, denied, timed
 * out, deleted) a new one is requested. Nothing is stored if Altinn does not respond.
 *
 * Errors: integrations.no_organization_number, system_users.request_failed, 409 if the organisation was changed
 * meanwhile.
 */
export const requestSystemUser = outsideOperation<undefined, Before, Asked, SystemUserView>({
  name: 'altinn.system-user-request',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async read({ tx, clientAccountId }) {
    const organizationNumber = await organizationNumberOf(tx, clientAccountId);
    const standing = await standingSystemUser(tx, clientAccountId, organizationNumber);
    const { replaced } = await tx.one<{ replaced: number }>(sql`
      select count(*) as replaced from altinn_system_users
      where client_account_id = ${clientAccountId} and org_number = ${organizationNumber} and replaced_at is not null`);
    return { organizationNumber, standing, replaced };
  },
  async ask({ platform, clientAccountId }, _, before) {
    const client = systemUsersOf(platform);
    return failingAs(systemUserErrors.request_failed, async (): Promise<Asked> => {
      const { standing } = before;
      if (!standing) return make(client, platform, clientAccountId, { ...before, ended: null });
      let ended = standing.status;
      if (!hasEnded(ended)) {
        const observed = await observe(client, standing);
        ended = statusFrom(observed, knownOf(standing), platform.clock.now());
        if (!hasEnded(ended)) return { kind: 'standing', observed };
      }
      await client.remove(standing.id);
      return make(client, platform, clientAccountId, { ...before, ended });
    });
  },
  async write(writing, _, before, answer) {
    const { tx, clientAccountId, now, call } = writing;
    if ((await organizationNumberOf(tx, clientAccountId)) !== before.organizationNumber)
      throw requestErrors.concurrent_change();
    const written =
      answer.kind === 'standing'
        ? await writeObserved(tx, before.standing!, answer.observed, { now, call })
        : await writeMade(writing, before, answer);
    // Replaced while Altinn was called: the current one is the requested one.
    const row =
      (written.replaced_at && (await standingSystemUser(tx, clientAccountId, before.organizationNumber))) || written;
    const { id, status, external_ref } = row;
    writing.audit({ recordType: 'altinn_system_user', after: { id, status, external_ref } });
    return systemUserView(row);
  },
});

/** Our reference: the client account's, and after one has ended with the next number. */
function referenceOf(clientAccountId: number, number: number): string {
  return number === 1 ? `hovedbok-${clientAccountId}` : `hovedbok-${clientAccountId}-${number}`;
}

async function make(
  client: SystemUserClient,
  { publicUrl, clock }: Platform,
  clientAccountId: number,
  { organizationNumber, standing, replaced, ended }: Before & { ended: SystemUserStatus | null },
): Promise<Asked> {
  const key: RequestKey = {
    systemId: client.systemId,
    organizationNumber,
    externalRef: referenceOf(clientAccountId, replaced + (standing ? 2 : 1)),
  };
  const address = publicUrl && client.mayRedirectTo(publicUrl) ? returnUrl(publicUrl, randomUUID()) : null;
  for (let isLast = false; ; isLast = true) {
    const request = await client.request(key, { title: TITLE, redirectUrl: address });
    const observed = await observeRequest(client, request, { key, known: null, id: request.id });
    const status = statusFrom(observed, null, clock.now());
    if (!hasEnded(status)) return { kind: 'made', request, observed, ended, rights: client.asked.rights };
    // From a time before our records: it blocks a new one.
    if (isLast)
      throw systemUserErrors.refused({ service: 'Altinn', reason: `${request.status} ${request.id}`, code: '' });
    await client.remove(request.id);
  }
}

async function writeMade(
  { tx, clientAccountId, caller, now }: OutsideWrite,
  { organizationNumber, standing }: Before,
  { request, observed, ended, rights }: Asked & { kind: 'made' },
): Promise<SystemUserRow> {
  if (standing)
    await tx.execute(sql`
      update altinn_system_users set status = ${ended}, replaced_at = ${now}, next_sync_at = null, updated_at = ${now},
        version = version + 1
      where client_account_id = ${clientAccountId} and id = ${standing.id} and replaced_at is null`);
  const status = statusFrom(observed, null, now);
  await tx.execute(sql`
    insert into altinn_system_users ${insertion({
      client_account_id: clientAccountId,
      id: request.id,
      external_ref: request.externalRef,
      system_id: request.systemId,
      org_number: organizationNumber,
      status,
      confirm_url: request.confirmUrl,
      redirect_url: request.redirectUrl,
      return_key: returnKeyIn(request.redirectUrl),
      rights: JSON.stringify(rights),
      accepted_at: request.status === 'Accepted' ? now : null,
      next_sync_at: nextSync(status, { since: now, now }),
      synced_at: now,
      created_at: now,
      created_by_id: caller.userId,
      updated_at: now,
    })} on conflict do nothing`);
  // A concurrent request: Altinn gave both the same one.
  const row =
    (await findSystemUser(tx, clientAccountId, request.id)) ??
    (await standingSystemUser(tx, clientAccountId, organizationNumber));
  if (!row) throw requestErrors.concurrent_change();
  return row;
}
