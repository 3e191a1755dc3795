import sql from 'sql-template-tag';
import { AppError, requestErrors } from '../../platform/errors.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import type { IdPorten } from './id-porten.ts';
import { GrantEnded, SERVICE } from './refusal.ts';
import { columnKeysOf, loadSession, type Session, writeRenewed } from './session.ts';

/** What a user's session gives for a call on the user's behalf. */
export interface UserToken {
  /** ID-porten's own; for Altinn see `altinnUserToken`. */
  accessToken: string;
  /** What it was granted. */
  scopes: readonly string[];
}

export interface UserTokenOptions {
  /** Without each of these there is no token. */
  scopes?: readonly string[];
  /** An API refused this one: another is fetched. */
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

/** Where the browser is sent to at ID-porten; nowhere while that is not known. */
export async function browserOriginsOf({ outside, log }: Platform): Promise<string[]> {
  try {
    return (await outside?.idPorten?.browserOrigins()) ?? [];
  } catch (error) {
    log.warn({ service: SERVICE, code: error instanceof AppError ? error.code : 'unknown' }, 'no metadata');
    return [];
  }
}

/** Longer than a renewal can take: after it another node may try. */
const CLAIM_MS = 40_000;
const LOOK_AGAIN_MS = 100;

/**
 * An access token of the user's session at ID-porten, renewed when it is near its end; null where the user is not
 * connected (any more), or not with these scopes. Asks outside, so never inside a transaction. One renewal of a session
 * runs at a time, on however many nodes. Throws id_porten.refused (503) and the outbound errors; the session stays then.
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

/** The session with a usable access token, renewed where it must be; null where there is none. */
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
      // Somebody renews it; what comes of that is read again.
      if (end.aborted) throw requestErrors.busy({ retry_after: 5 });
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      continue;
    }
    // However soon the new token ends, it is what there is.
    return (await renew(platform, session)) ? loadSession(platform, keys, userId) : null;
  }
}

/** A token that ends this soon is renewed: what it is for takes a moment, and clocks differ. */
const MARGIN_MS = 20_000;

function isUsable({ accessEndsAt, renewable }: Session, now: Date): boolean {
  // Without a refresh token the last seconds are used, too.
  return accessEndsAt.getTime() - now.getTime() > (renewable ? MARGIN_MS : 0);
}

export function canBeRenewed({ renewable, refreshEndsAt }: Session, now: Date): boolean {
  return renewable && (refreshEndsAt === null || refreshEndsAt > now);
}

/** Whether the renewal is ours: of those who want it, one. */
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
    // Ended or replaced meanwhile: what came is nobody's.
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
