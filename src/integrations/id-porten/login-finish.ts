import sql from 'sql-template-tag';
import { AppError } from '../../platform/errors.ts';
import { type Call, type Context, type Platform, writeOperation } from '../../platform/operation.ts';
import { idPortenErrors } from './errors.ts';
import type { FinishedLogin } from './id-porten.ts';
import { type Login, type Purpose, takeLogin } from './login.ts';
import { SERVICE } from './refusal.ts';
import { columnKeysOf, writeSession } from './session.ts';
import { idPortenOf } from './user-token.ts';

export interface LoginOutcome {
  /** Where the user came from. Null also if the login is not known to belong to this user. */
  clientAccountId: number | null;
  purpose: Purpose | null;
  /** As granted, possibly less than requested. */
  scopes: readonly string[];
  /** Null: the user is connected. */
  refusal: AppError | null;
}

/**
 * Processes the parameters that the browser brought from ID-porten, for the user who is signed in here. The login is
 * used up in any case; tokens are stored only if all checks pass. Throws only on a fault of ours.
 */
export async function finishLogin(platform: Platform, call: Call, query: URLSearchParams): Promise<LoginOutcome> {
  const { caller } = call;
  const states = query.getAll('state');
  let login: Login | 'foreign' | null = null;
  if (caller && states.length === 1) {
    const keys = columnKeysOf(platform);
    const now = platform.clock.now();
    login = await platform.database.transaction({ clientAccounts: [], mode: 'write', work: 'id_porten' }, (tx) =>
      takeLogin(tx, keys, { state: states[0]!, userId: caller.userId, now }),
    );
  }
  if (login === null) return unknown(idPortenErrors.login_unknown());
  if (login === 'foreign') return unknown(idPortenErrors.login_of_another());
  const { clientAccountId, purpose } = login;
  try {
    const finished = await idPortenOf(platform).finish(query, { ...login.secrets, acr: login.acr });
    await keepOrRevoke(platform, call, login, finished);
    return { clientAccountId, purpose, scopes: finished.tokens.scopes ?? login.scopes, refusal: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    platform.log.warn({ service: SERVICE, code: error.code, reason: error.facts.reason ?? null }, 'no login');
    return { clientAccountId, purpose, scopes: [], refusal: error };
  }
}

function unknown(refusal: AppError): LoginOutcome {
  return { clientAccountId: null, purpose: null, scopes: [], refusal };
}

/** Tokens that are not stored are revoked. */
async function keepOrRevoke(platform: Platform, call: Call, login: Login, finished: FinishedLogin): Promise<void> {
  try {
    await keepLogin.call(platform, { ...call, idempotencyKey: undefined }, { login, finished });
  } catch (error) {
    const { refreshToken, accessToken } = finished.tokens;
    await idPortenOf(platform)
      .revoke(refreshToken ?? accessToken)
      .catch(() => platform.log.warn({ service: SERVICE }, 'tokens that were not kept were not revoked'));
    throw error;
  }
}

const keepLogin = writeOperation({
  name: 'id-porten.login',
  access: { kind: 'user', scope: 'write:profile' },
  async run(
    { platform, tx, caller, now, audit }: Context,
    { login, finished }: { login: Login; finished: FinishedLogin },
  ) {
    const { issuer, clientId } = idPortenOf(platform).options;
    const { userId } = caller;
    const person = { issuer, client_id: clientId, subject: finished.subject };
    const before = await tx.maybe<typeof person>(sql`
      select issuer, client_id, subject from id_porten_persons where user_id = ${userId} for update`);
    // Subjects of another client, or of the test environment, cannot be compared with this one.
    const comparable = before?.issuer === issuer && before.client_id === clientId;
    if (comparable && before.subject !== finished.subject && !login.anotherPerson)
      throw idPortenErrors.another_person();
    await tx.execute(sql`
      insert into id_porten_persons (user_id, issuer, client_id, subject, connected_at)
      values (${userId}, ${issuer}, ${clientId}, ${finished.subject}, ${now})
      on conflict (user_id) do update set issuer = excluded.issuer, client_id = excluded.client_id,
        subject = excluded.subject, connected_at = excluded.connected_at`);
    const scopes = finished.tokens.scopes ?? login.scopes;
    await writeSession(tx, columnKeysOf(platform), { userId, issuer, scopes, login: finished, now });
    audit({ recordType: 'id_porten_session', after: { scopes, acr: finished.acr } });
    return null;
  },
});
