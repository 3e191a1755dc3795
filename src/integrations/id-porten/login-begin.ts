import sql from 'sql-template-tag';
import type { Caller } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type Language, requestErrors } from '../../platform/errors.ts';
import type { Operation } from '../../platform/operation.ts';
import { outsideOperation } from '../../platform/outside-operation.ts';
import { altinnScopesOf } from './connection-scopes.ts';
import { insertLogin, type Purpose } from './login.ts';
import { columnKeysOf, readSession } from './session.ts';
import { canBeRenewed, idPortenOf } from './user-token.ts';

export interface LoginQuestion {
  /** The client account that the user comes from and returns to. */
  clientAccountId: number | null;
  /** The user may sign in as another person than before. */
  anotherPerson: boolean;
  language: Language;
}

/**
 * Begins a login and returns the address to send the browser to. It requests the scopes of the purpose and those of the
 * user's existing session, so that one connection never removes another's scopes.
 */
function loginBeginning(purpose: Purpose): Operation<LoginQuestion, { authorization_url: string }> {
  return outsideOperation({
    name: `${purpose}.authorize`,
    access: { kind: 'user', scope: 'write:profile' },
    async read({ platform, caller, tx }, { clientAccountId }: LoginQuestion) {
      if (clientAccountId !== null) await requireReach(tx, caller, clientAccountId);
      const { scopes } = idPortenOf(platform).options;
      const session = await readSession(tx, columnKeysOf(platform), caller.userId);
      const granted = session && canBeRenewed(session, platform.clock.now()) ? session.scopes : [];
      const needed = purpose === 'altinn' ? altinnScopesOf(platform) : [];
      return [...new Set([...scopes, ...needed, ...granted])];
    },
    ask: ({ platform }, { language, anotherPerson }, scopes) =>
      // Without this, an existing session there would give the same person again.
      idPortenOf(platform).begin(scopes, { language, anew: anotherPerson }),
    async write({ platform, caller, tx, now, audit }, { clientAccountId, anotherPerson }, scopes, begun) {
      const acr = idPortenOf(platform).options.level;
      const login = { userId: caller.userId, clientAccountId, purpose, scopes, anotherPerson, begun, acr, now };
      await insertLogin(tx, columnKeysOf(platform), login);
      audit({ recordType: 'id_porten_login', after: { purpose, scopes, for_client_account_id: clientAccountId } });
      return { authorization_url: begun.url };
    },
  });
}

export const beginIdPortenLogin = loginBeginning('id-porten');
export const beginAltinnLogin = loginBeginning('altinn');

/** Throws 404 for an unknown client account, 403 for one in which the caller has no role. */
async function requireReach(tx: Transaction, caller: Caller, clientAccountId: number): Promise<void> {
  if (caller.roles.has(clientAccountId)) return;
  const exists = await tx.maybe(sql`select 1 from client_accounts where id = ${clientAccountId}`);
  throw exists ? requestErrors.no_access() : requestErrors.not_found({ what: 'Client account' });
}
