import sql from 'sql-template-tag';
import { AppError, requestErrors } from '../../platform/errors.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import type { IdPorten } from './id-porten.ts';
import { GrantEnded, SERVICE } from './refusal.ts';
import { columnKeysOf, loadSession, type Session, writeRenewed } from './session.ts';

/** The token and scopes of a user's session, for a call on the user's behalf. */
export interface UserToken {
  /** ID-porten's own; for Altinn see `altinnUserToken`. */
  accessToken: string;
  /** The granted scopes. */
  scopes: readonly string[];
}

export interface UserTokenOptions {
  /** Without each of these scopes there is no token. */
  scopes?: readonly string[];
  /** An API refused this token: another one is fetched. */
  refused?: string;
}

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    idPorten: IdPorten;
  }
}

/** ID-porten's client. Throws outbound.not_configured (503). */
export function idPortenOf({ outside }: Platform): IdPorten {
  if (!outside?.idPorten) throw outboundErrors.not_configured({ service: SERVICE });
  return outside.idPorten;
}

/** The origins of ID-porten that the browser is sent to; empty while unknown. */
export async function browserOriginsOf({ outside, log }: Platform): Promise<string[]> {
  try {
    return (await outside?.idPorten?.browserOrigins()) ?? [];
  } catch (error) {
    log.warn({ service: SERVICE, code: error instanceof AppError ? error.code : 'unknown' }, 'no metadata');
    return [];
  }
}

/** Longer than a renewal can take: afterwards another node may try. */
const CLAIM_MS = 40_000;
const LOOK_AGAIN_MS = 100;

/**
 * An access token of the user's session at ID-porten, renewed when it is about to expire; null if the user is not
 * connected, or not with these scopes. Calls a party, so never use it inside a transaction. One renewal of a session
 * runs at a time over all nodes. Throws id_porten.refused (503) and the outbound errors; the session stays then.
 */
export async function userToken(
  platform: Platform,
  userId: number,
  { scopes = [], refused }: UserTokenOptions = {},
): Promise<UserToken | null> {
  const session = await currentSession(platform, userId, refused);
  if (!session || !scopes.every((scope) => session.scopes.includes(scope))) return null;
  return { accessToken: session.secrets.accessToken, scopes: session.scopes };
}

/** The session with a usable access token, renewed if necessary; null if there is none. */
export async function currentSession(platform: Platform, userId: number, refused?: string): Promise<Session | null> {
  const keys = columnKeysOf(platform);
  const end = AbortSignal.timeout(CLAIM_MS);
  for (;;) {
    const session = await loadSession(platform, keys, userId);
    if (!session) return null;
    const now = platform.clock.now();
    if (session.secrets.accessToken !== refused && isUsable(session, now)) return session;
    if (!canBeRenewed(session, now)) return null;
    if (!(await claim(platform, session, now))) {
      // Another request renews it; its result is read again.
      if (end.aborted) throw requestErrors.busy({ retry_after: 5 });
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      continue;
    }
    // Even if the new token expires soon, there is no better one.
    return (await renew(platform, session)) ? loadSession(platform, keys, userId) : null;
  }
}

/** A token that expires this soon is renewed: its use takes a moment, and clocks differ. */
const MARGIN_MS = 20_000;

function isUsable({ accessEndsAt, renewable }: Session, now: Date): boolean {
  // Without a refresh token the last seconds are used too.
  return accessEndsAt.getTime() - now.getTime() > (renewable ? MARGIN_MS : 0);
}

export function canBeRenewed({ renewable, refreshEndsAt }: Session, now: Date): boolean {
  return renewable && (refreshEndsAt === null || refreshEndsAt > now);
}

/** Claims the renewal: only one of concurrent requests succeeds. */
async function claim({ database }: Platform, { userId, version }: Session, now: Date): Promise<boolean> {
  const until = new Date(now.getTime() + CLAIM_MS);
  const claimed = await database.transaction({ clientAccounts: [], mode: 'write', userId }, (tx) =>
    tx.execute(sql`
      update id_porten_sessions set renewing_until = ${until}
      where user_id = ${userId} and version = ${version} and (renewing_until is null or renewing_until <= ${now})`),
  );
  return claimed === 1;
}

/** False: the session has ended. */
async function renew(platform: Platform, session: Session): Promise<boolean> {
  const { database } = platform;
  const { userId, version, secrets, subject } = session;
  const idPorten = idPortenOf(platform);
  const ofUser = { clientAccounts: [], mode: 'write', userId } as const;
  try {
    const tokens = await idPorten.renew(secrets.refreshToken!, subject);
    if (await writeRenewed(database, columnKeysOf(platform), session, tokens)) return true;
    // Ended or replaced meanwhile: revoke the new tokens.
    await idPorten.revoke(tokens.refreshToken ?? tokens.accessToken).catch((error: unknown) => {
      platform.log.warn({ err: error, service: SERVICE }, 'tokens of a session that has ended were not revoked');
    });
    return true;
  } catch (error) {
    if (error instanceof GrantEnded) {
      await database.transaction(ofUser, (tx) =>
        tx.execute(sql`delete from id_porten_sessions where user_id = ${userId} and version = ${version}`),
      );
      return false;
    }
    await database.transaction(ofUser, (tx) =>
      tx.execute(sql`
        update id_porten_sessions set renewing_until = null where user_id = ${userId} and version = ${version}`),
    );
    throw error;
  }
}
