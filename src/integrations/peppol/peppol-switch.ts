import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import { violatedConstraint } from '../../platform/database/pool.ts';
import { ADMINS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { type OutsideWrite, outsideOperation } from '../../platform/outside-operation.ts';
import { isOutsideFault } from '../outside-fault.ts';
import type { Registration } from './access-point/access-point.ts';
import { peppolErrors } from './errors.ts';
import { participantOf } from './identifiers.ts';
import type { OwnReach } from './peppol-network.ts';
import {
  findPeppol,
  nextCheck,
  numberOf,
  type PeppolConnection,
  type PeppolOrganization,
  type PeppolState,
  requireOrganization,
} from './peppol-connection.ts';
import type { PeppolStatus } from './peppol-status.ts';
import { type Peppol, peppolOf } from './peppol.ts';

export interface PeppolSwitch {
  isActive: boolean;
  /** The key of another provider, with which we take the organisation over. */
  migrationKey: string | null;
}

interface Read {
  /** The organisation to register; null to end the registration. */
  organization: PeppolOrganization | null;
  before: PeppolConnection | undefined;
}

/** The state after the access point was asked. */
interface Asked {
  state: PeppolState;
  connected: boolean;
}

/**
 * Switches Peppol on (registered for invoice and credit note, looked up immediately) or off. A repeated call changes nothing
 * but completes an unfinished change. Switching off takes effect immediately; an access point that is down is told later.
 * Throws peppol.no_valid_number, taken_elsewhere, taken_here, refused (400), outbound errors.
 */
export const switchPeppol = outsideOperation<PeppolSwitch, Read, Asked, PeppolStatus>({
  name: 'peppol-status.change',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async read({ tx, clientAccountId, platform }, { isActive }) {
    const before = await findPeppol(tx, clientAccountId);
    if (!isActive) return { organization: null, before };
    peppolOf(platform);
    return { organization: await requireOrganization(tx, clientAccountId), before };
  },
  async ask({ platform }, { migrationKey }, { organization, before }) {
    if (organization) return join(peppolOf(platform), organization, { migrationKey, before });
    return before ? leave(platform.outside?.peppol, before) : { state: 'off', connected: false };
  },
  async write(work, _input, { organization, before }, asked) {
    const { tx, clientAccountId, audit } = work;
    const now = await findPeppol(tx, clientAccountId, sql`for update`);
    if (now?.updated_at.getTime() !== before?.updated_at.getTime()) throw requestErrors.concurrent_change();
    // The organisation number may have changed, or been removed, since the registration: the registered one is ended.
    const participant = organization ? participantOf(organization.organizationNumber) : before?.participant;
    if (participant !== undefined) await store(work, participant, before, asked);
    const after = await findPeppol(tx, clientAccountId);
    audit({ recordType: 'peppol_connection', before: before ?? null, after: after ?? null });
    return { is_active: after?.is_active ?? false, connected: after?.connected ?? false };
  },
});

async function join(
  peppol: Peppol,
  organization: PeppolOrganization,
  { migrationKey, before }: { migrationKey: string | null; before: PeppolConnection | undefined },
): Promise<Asked> {
  const { organizationNumber: number } = organization;
  const standing = before?.is_active ? before : undefined;
  const hasMoved = standing !== undefined && numberOf(standing.participant) !== number;
  if (hasMoved) await peppol.accessPoint.deregister(numberOf(standing.participant));
  const seen = await peppol.ownReach(number);
  if (seen === 'elsewhere' && migrationKey === null)
    throw peppolErrors.taken_elsewhere({ organization_number: number });
  requireRegistered(await peppol.accessPoint.register({ ...organization, migrationKey }), number);
  const connected = isConnected(await peppol.ownReach(number), !hasMoved && (standing?.connected ?? false));
  return { state: connected ? 'connected' : 'publishing', connected };
}

function requireRegistered({ state, reason }: Registration, number: string): void {
  switch (state) {
    case 'REGISTERED':
    case 'PENDING':
      return;
    case 'TAKEN':
      throw peppolErrors.taken_elsewhere({ organization_number: number });
    case 'REFUSED':
    case 'NONE':
      throw peppolErrors.refused({ reason: reason ?? state });
  }
}

async function leave(peppol: Peppol | undefined, before: PeppolConnection): Promise<Asked> {
  if (before.state === 'off' || before.state === 'taken' || !peppol) return { state: 'off', connected: false };
  return left(peppol, before);
}

/** Ends a registration. If the access point or the network does not respond now, they are asked later. */
export async function left(peppol: Peppol, { participant, connected }: PeppolConnection): Promise<Asked> {
  const number = numberOf(participant);
  try {
    await peppol.accessPoint.deregister(number);
  } catch (error) {
    if (!isOutsideFault(error)) throw error;
    return { state: 'leaving', connected };
  }
  const seen = await peppol.ownReach(number);
  if (seen === 'not-registered' || seen === 'elsewhere') return { state: 'off', connected: false };
  return { state: 'leaving', connected: isConnected(seen, connected) };
}

/** The state according to the network; unchanged if the network does not tell. */
export function isConnected(seen: OwnReach, before: boolean): boolean {
  return seen === 'unknown' ? before : seen === 'ours';
}

async function store(
  { tx, clientAccountId, caller, now }: OutsideWrite,
  participant: string,
  before: PeppolConnection | undefined,
  { state, connected }: Asked,
): Promise<void> {
  const since = before?.state === state ? before.state_at : now;
  const isActive = state === 'publishing' || state === 'connected';
  assert(state !== 'lost' && state !== 'taken', 'nobody switches to what only happens');
  try {
    await tx.execute(sql`
      insert into peppol_connections as p (client_account_id, participant, is_active, connected, state, state_at, checked_at,
        next_check_at, created_at, created_by_id, updated_at, updated_by_id)
      values (${clientAccountId}, ${participant}, ${isActive}, ${connected}, ${state}, ${since}, ${now},
        ${nextCheck(state, since, now, clientAccountId)}, ${now}, ${caller.userId}, ${now}, ${caller.userId})
      on conflict (client_account_id) do update set participant = excluded.participant, is_active = excluded.is_active,
        connected = excluded.connected, state = excluded.state, state_at = excluded.state_at,
        checked_at = excluded.checked_at, next_check_at = excluded.next_check_at, updated_at = excluded.updated_at,
        updated_by_id = excluded.updated_by_id`);
  } catch (error) {
    if (violatedConstraint(error) !== 'peppol_connections_participant') throw error;
    throw peppolErrors.taken_here({ organization_number: numberOf(participant) });
  }
}
