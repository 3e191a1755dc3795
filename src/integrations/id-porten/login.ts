import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { CannotOpen, type ColumnKeys } from '../../platform/encryption/column-keys.ts';
import type { BegunLogin } from './id-porten.ts';
import type { Level } from './level.ts';

export type Purpose = 'id-porten' | 'altinn';

/** A login under way, as the callback finds it by its state. */
export interface Login {
  userId: number;
  /** Where the user came from and returns to. */
  clientAccountId: number | null;
  purpose: Purpose;
  scopes: readonly string[];
  /** The requested level. */
  acr: Level;
  /** The user has agreed to sign in as another person than before. */
  anotherPerson: boolean;
  secrets: Omit<BegunLogin, 'url'>;
}

/** More time than users need to find their eID. */
const LOGIN_MS = 15 * 60_000;
/** Per user: more than the tabs a user may have open. */
const MOST_OPEN = 20;

function hashOf(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}

const placeOf = (hash: Buffer) => `id_porten_logins ${hash.toString('base64')}`;

export interface NewLogin extends Omit<Login, 'secrets'> {
  begun: BegunLogin;
  now: Date;
}

/** Records a login before the browser is sent there. If a user has too many open ones, the oldest is deleted. */
export async function insertLogin(tx: Transaction, keys: ColumnKeys, login: NewLogin): Promise<void> {
  const { userId, clientAccountId, purpose, scopes, anotherPerson, acr, now } = login;
  const { state, nonce, verifier } = login.begun;
  const hash = hashOf(state);
  const { keyId, value } = keys.seal(JSON.stringify({ nonce, verifier }), placeOf(hash));
  await tx.execute(sql`
    insert into id_porten_logins (state_hash, user_id, for_client_account_id, purpose, scopes, acr, sealed, key_id,
      another_person, expires_at)
    values (${hash}, ${userId}, ${clientAccountId}, ${purpose}, ${scopes}, ${acr}, ${value}, ${keyId}, ${anotherPerson},
      ${new Date(now.getTime() + LOGIN_MS)})`);
  await tx.execute(sql`
    delete from id_porten_logins where state_hash in (
      select state_hash from id_porten_logins where user_id = ${userId} order by expires_at desc, state_hash offset ${MOST_OPEN})`);
}

/**
 * Removes a login: it can be finished once. Null if it is unknown, used or too old; `foreign` if another user began it,
 * who may still finish it. The transaction must be opened for the system's work on ID-porten.
 */
export async function takeLogin(
  tx: Transaction,
  keys: ColumnKeys,
  { state, userId, now }: { state: string; userId: number; now: Date },
): Promise<Login | 'foreign' | null> {
  const hash = hashOf(state);
  const row = await tx.maybe<{
    user_id: number;
    for_client_account_id: number | null;
    purpose: Purpose;
    scopes: string[];
    acr: Level;
    sealed: Buffer;
    key_id: string;
    another_person: boolean;
    expires_at: Date;
  }>(sql`
    select user_id, for_client_account_id, purpose, scopes, acr, sealed, key_id, another_person, expires_at
    from id_porten_logins where state_hash = ${hash} for update`);
  if (!row) return null;
  if (row.user_id !== userId) return 'foreign';
  await tx.execute(sql`delete from id_porten_logins where state_hash = ${hash}`);
  if (row.expires_at <= now) return null;
  try {
    const { nonce, verifier } = JSON.parse(keys.open({ keyId: row.key_id, value: row.sealed }, placeOf(hash))) as {
      nonce: string;
      verifier: string;
    };
    return {
      userId,
      clientAccountId: row.for_client_account_id,
      purpose: row.purpose,
      scopes: row.scopes,
      acr: row.acr,
      anotherPerson: row.another_person,
      secrets: { state, nonce, verifier },
    };
  } catch (error) {
    if (error instanceof CannotOpen) return null;
    throw error;
  }
}
