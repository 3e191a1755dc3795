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
  /** The client account that the user comes from and goes back to. */
  clientAccountId: number | null;
  /** It may be another person than the one before. */
  anotherPerson: boolean;
  language: Language;
}

/**
 * Begins a login and gives the address to send the browser to. It asks for what the purpose needs and for what a session
 * that the user has was granted, so that one connection never takes another's scopes away.
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
      // Who is logged in there already would be the same person again.
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

/** 404 for a client account that does not exist, 403 for one that the caller holds no role in. */
async function requireReach(tx: Transaction, caller: Caller, clientAccountId: number): Promise<void> {
  if (caller.roles.has(clientAccountId)) return;
  const exists = await tx.maybe(sql`select 1 from client_accounts where id = ${clientAccountId}`);
  throw exists ? requestErrors.no_access() : requestErrors.not_found({ what: 'Client account' });
}
