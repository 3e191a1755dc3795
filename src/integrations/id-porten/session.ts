import { createHash, randomBytes } from 'node:crypto';
import sql from 'sql-template-tag';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { CannotOpen, type ColumnKeys } from '../../platform/encryption/column-keys.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import { SERVICE } from './refusal.ts';
import type { FinishedLogin } from './id-porten.ts';
import type { Tokens } from './tokens.ts';

/** A user's session at ID-porten, decrypted. Never logged, never in an error. */
export interface Session {
  userId: number;
  /** Changes with every update. */
  version: string;
  subject: string;
  scopes: readonly string[];
  acr: string;
  secrets: SessionSecrets;
  renewable: boolean;
  accessEndsAt: Date;
  /** Null if unknown. */
  refreshEndsAt: Date | null;
  renewingUntil: Date | null;
}

export interface SessionSecrets {
  accessToken: string;
  refreshToken: string | null;
  idToken: string;
  /** The state that returns with the user from a logout. */
  logoutState: string;
}

interface SessionRow {
  user_id: number;
  version: string;
  subject: string;
  scopes: string[];
  acr: string;
  sealed: Buffer;
  key_id: string;
  renewable: boolean;
  access_ends_at: Date;
  refresh_ends_at: Date | null;
  renewing_until: Date | null;
}

/** The keys that tokens are encrypted with. Throws outbound.not_configured (503) if there are none. */
export function columnKeysOf({ columnKeys }: Platform): ColumnKeys {
  if (!columnKeys) throw outboundErrors.not_configured({ service: SERVICE });
  return columnKeys;
}

const placeOf = (userId: number) => `id_porten_sessions ${userId}`;

/** The user's session; null if there is none, or if it cannot be decrypted. The transaction must be the user's. */
export async function readSession(tx: Transaction, keys: ColumnKeys, userId: number): Promise<Session | null> {
  const row = await tx.maybe<SessionRow>(sql`
    select s.user_id, s.version, p.subject, s.scopes, s.acr, s.sealed, s.key_id, s.renewable, s.access_ends_at,
      s.refresh_ends_at, s.renewing_until
    from id_porten_sessions s join id_porten_persons p using (user_id) where s.user_id = ${userId}`);
  return row ? opened(row, keys) : null;
}

function opened(row: SessionRow, keys: ColumnKeys): Session | null {
  let secrets: SessionSecrets;
  try {
    secrets = JSON.parse(keys.open({ keyId: row.key_id, value: row.sealed }, placeOf(row.user_id))) as SessionSecrets;
  } catch (error) {
    // Its key was removed from the configuration: the user has to connect again.
    if (error instanceof CannotOpen) return null;
    throw error;
  }
  return {
    userId: row.user_id,
    version: row.version,
    subject: row.subject,
    scopes: row.scopes,
    acr: row.acr,
    secrets,
    renewable: row.renewable,
    accessEndsAt: row.access_ends_at,
    refreshEndsAt: row.refresh_ends_at,
    renewingUntil: row.renewing_until,
  };
}

export function loadSession({ database }: Pick<Platform, 'database'>, keys: ColumnKeys, userId: number) {
  return database.transaction({ clientAccounts: [], mode: 'read', userId }, (tx) => readSession(tx, keys, userId));
}

/** The key by which the front-channel logout finds a session. */
export function sidHash(issuer: string, sid: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([issuer, sid]))
    .digest();
}

export interface NewSession {
  userId: number;
  issuer: string;
  scopes: readonly string[];
  login: FinishedLogin;
  now: Date;
}

/** Stores the user's session and ends an existing one. The person must be stored already. */
export async function writeSession(tx: Transaction, keys: ColumnKeys, session: NewSession): Promise<void> {
  const { userId, issuer, scopes, login, now } = session;
  const { tokens, acr, sid } = login;
  const secrets: SessionSecrets = {
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    idToken: tokens.idToken,
    logoutState: randomBytes(32).toString('base64url'),
  };
  const { keyId, value } = keys.seal(JSON.stringify(secrets), placeOf(userId));
  await tx.execute(sql`delete from id_porten_sessions where user_id = ${userId}`);
  await tx.execute(sql`
    insert into id_porten_sessions (user_id, scopes, acr, sealed, key_id, sid_hash, renewable, access_ends_at,
      refresh_ends_at, authenticated_at)
    values (${userId}, ${scopes}, ${acr}, ${value}, ${keyId}, ${sid === null ? null : sidHash(issuer, sid)},
      ${tokens.refreshToken !== null}, ${new Date(tokens.accessEndsAt)}, ${dateOf(tokens.refreshEndsAt)}, ${now})`);
}

/** Stores renewed tokens. False, without storing, if the session was replaced or is gone. */
export async function writeRenewed(database: Database, keys: ColumnKeys, session: Session, tokens: Tokens) {
  const { userId, version, secrets, refreshEndsAt } = session;
  const renewed: SessionSecrets = {
    ...secrets,
    accessToken: tokens.accessToken,
    // A refresh token that is not replaced stays valid.
    refreshToken: tokens.refreshToken ?? secrets.refreshToken,
    idToken: tokens.idToken ?? secrets.idToken,
  };
  const { keyId, value } = keys.seal(JSON.stringify(renewed), placeOf(userId));
  const ends = tokens.refreshToken === null ? refreshEndsAt : dateOf(tokens.refreshEndsAt);
  const changed = await database.transaction({ clientAccounts: [], mode: 'write', userId }, (tx) =>
    tx.execute(sql`
      update id_porten_sessions set version = gen_random_uuid(), sealed = ${value}, key_id = ${keyId}, renewing_until = null,
        access_ends_at = ${new Date(tokens.accessEndsAt)}, refresh_ends_at = ${ends}
      where user_id = ${userId} and version = ${version}`),
  );
  return changed === 1;
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
