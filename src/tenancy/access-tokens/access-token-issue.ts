import sql from 'sql-template-tag';
import { SCOPES, type Scope } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { randomSecret, secretHash } from '../secret.ts';

export const ACCESS_TOKEN_PREFIX = 'hb_';

export interface NewAccessToken {
  userId: number;
  name: string;
  /** All scopes if not given. */
  scopes?: readonly Scope[];
  /** Null or absent: until revoked. */
  expiresAt?: Date | null;
  /** A fixed value (the demo's `DEMO_TOKEN`) instead of a random one. */
  token?: string;
}

/**
 * Issues a personal access token. The token is returned once and never stored; only its SHA-256 is. The transaction may
 * write the user's own records from then on.
 */
export async function createAccessToken(
  tx: Transaction,
  { userId, name, scopes = SCOPES, expiresAt = null, token = randomSecret(ACCESS_TOKEN_PREFIX) }: NewAccessToken,
): Promise<{ id: number; token: string }> {
  await tx.actFor(userId);
  const { id } = await tx.one<{ id: number }>(sql`
    insert into access_tokens (user_id, name, token_hash, scopes, expires_at)
    values (${userId}, ${name}, ${secretHash(token)}, ${[...scopes]}, ${expiresAt})
    returning id`);
  return { id, token };
}
