import sql from 'sql-template-tag';
import type { Platform } from '../../platform/operation.ts';
import { writeAudit } from '../../platform/operation.ts';
import { ofActiveClientAccounts } from '../../tenancy/index.ts';
import { isOutsideFault } from '../outside-fault.ts';
import {
  findPeppol,
  isActiveIn,
  nextCheck,
  numberOf,
  type PeppolConnection,
  type PeppolState,
  requireOrganization,
} from './peppol-connection.ts';
import type { Peppol } from './peppol.ts';
import { isConnected, left } from './peppol-switch.ts';

/** Client accounts whose state in the network is due for a check. */
export async function duePeppolChecks({ database, clock }: Platform): Promise<number[]> {
  const due = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<{ id: number }>(sql`
      select client_account_id as id from peppol_connections
      where client_account_id = any (${ids}::bigint[]) and next_check_at <= ${clock.now()} order by 1`),
  );
  return due.map(({ id }) => id);
}

/**
 * Asks the network for the state of a client account: a registration has become visible, a connection is lost, an ended one
 * is gone. A network without a clear response changes nothing. Client accounts that were switched in the meantime are left
 * alone.
 */
export async function checkPeppol(platform: Platform, clientAccountId: number): Promise<void> {
  const peppol = platform.outside?.peppol;
  if (!peppol) return;
  const { database, clock, log } = platform;
  const opened = { clientAccounts: [clientAccountId] };
  const before = await database.transaction({ ...opened, mode: 'read' }, (tx) => findPeppol(tx, clientAccountId));
  if (!before || before.next_check_at === null || before.next_check_at > clock.now()) return;
  let found: { state: PeppolState; connected: boolean };
  try {
    found = before.is_active ? await standing(platform, peppol, before) : await gone(platform, peppol, before);
  } catch (error) {
    if (!isOutsideFault(error)) throw error;
    log.warn({ client_account_id: clientAccountId, code: error.code }, 'Peppol could not be asked');
    found = before;
  }
  await database.transaction({ ...opened, mode: 'write' }, async (tx) => {
    const current = await findPeppol(tx, clientAccountId, sql`for update`);
    if (current?.updated_at.getTime() !== before.updated_at.getTime()) return;
    const now = clock.now();
    const { state, connected } = found;
    const isChanged = state !== before.state || connected !== before.connected;
    const since = state === before.state ? before.state_at : now;
    await tx.execute(sql`
      update peppol_connections set is_active = ${isActiveIn(state)}, connected = ${connected}, state = ${state},
        state_at = ${since}, checked_at = ${now}, next_check_at = ${nextCheck(state, since, now, clientAccountId)},
        updated_at = ${isChanged ? now : before.updated_at}
      where client_account_id = ${clientAccountId}`);
    if (!isChanged) return;
    const after = await findPeppol(tx, clientAccountId);
    const call = { caller: null, clientAccountId };
    await writeAudit(tx, 'peppol-status.check', call, [{ recordType: 'peppol_connection', before, after: after! }]);
  });
  if (found.state === before.state) return;
  const facts = { client_account_id: clientAccountId, before: before.state, after: found.state };
  if (found.state === 'lost' || found.state === 'taken') log.warn(facts, 'Peppol registration lost');
  else log.info(facts, 'Peppol registration');
}

async function standing(platform: Platform, peppol: Peppol, before: PeppolConnection) {
  const number = numberOf(before.participant);
  const seen = await peppol.ownReach(number);
  const connected = isConnected(seen, before.connected);
  if (seen === 'unknown') return { state: before.state, connected };
  if (connected) return { state: 'connected' as const, connected };
  const { state: registered } = await peppol.accessPoint.status(number);
  // Not visible yet, and according to the access point it never will be.
  if (before.state === 'publishing' && (registered === 'TAKEN' || registered === 'REFUSED'))
    return { state: 'taken' as const, connected };
  if (registered === 'NONE' && seen !== 'elsewhere') {
    const organization = await platform.database.transaction(
      { clientAccounts: [before.client_account_id], mode: 'read' },
      (tx) => requireOrganization(tx, before.client_account_id),
    );
    await peppol.accessPoint.register({ ...organization, organizationNumber: number, migrationKey: null });
  }
  return { state: before.state === 'publishing' ? ('publishing' as const) : ('lost' as const), connected };
}

/**
 * Ends a registration that was switched off, unless another client account here is the same organisation and has switched it
 * on since.
 */
async function gone({ database }: Platform, peppol: Peppol, before: PeppolConnection) {
  const others = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows(sql`
      select 1 from peppol_connections where client_account_id = any (${ids}::bigint[]) and is_active
        and participant = ${before.participant}`),
  );
  return others.length > 0 ? { state: 'off' as const, connected: false } : left(peppol, before);
}
