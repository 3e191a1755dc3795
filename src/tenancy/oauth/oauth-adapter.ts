import type { Adapter, AdapterPayload } from 'oidc-provider';
import sql from 'sql-template-tag';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { forgetCallers } from '../access/caller-cache.ts';
import { oidcLibrary } from './oidc-library.ts';
import { randomSecret, secretHash } from '../secret.ts';

interface Stored {
  payload: AdapterPayload;
  consumed_at: Date | null;
}

/**
 * Storage of the OAuth server: one table, keyed by the SHA-256 of ids, because the ids of codes and tokens are the
 * secrets themselves. A deleted token ends at once on this node.
 */
export function oauthAdapter(database: Database): (kind: string) => Adapter {
  const write = <T>(work: (tx: Transaction) => Promise<T>) =>
    database.transaction({ clientAccounts: [], mode: 'write', work: 'oauth' }, work);
  const read = <T>(work: (tx: Transaction) => Promise<T>) =>
    database.transaction({ clientAccounts: [], mode: 'read' }, work);

  return (kind) => ({
    async upsert(id, payload, expiresIn) {
      const { jti: _, ...kept } = payload;
      const expires = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null;
      const hashOf = (value: unknown) => (typeof value === 'string' ? secretHash(value) : null);
      await write(async (tx) => {
        await tx.execute(sql`
          insert into oauth_records (kind, id_hash, payload, grant_hash, uid_hash, expires_at)
          values (${kind}, ${secretHash(id)}, ${JSON.stringify(kept)}, ${hashOf(payload.grantId)},
            ${hashOf(payload.uid)}, ${expires})
          on conflict (kind, id_hash) do update set payload = excluded.payload, grant_hash = excluded.grant_hash,
            uid_hash = excluded.uid_hash, expires_at = excluded.expires_at`);
        await tx.execute(sql`
          delete from oauth_records where (kind, id_hash) in (
            select kind, id_hash from oauth_records where expires_at < now() limit 20 for update skip locked)`);
      });
    },
    async find(id) {
      if (kind === 'Client') return read((tx) => oauthClient(tx, id));
      const row = await read((tx) =>
        tx.maybe<Stored>(sql`
          select payload, consumed_at from oauth_records
          where kind = ${kind} and id_hash = ${secretHash(id)} and (expires_at is null or expires_at > now())`),
      );
      return row && payloadOf(row, id);
    },
    async findByUid(uid) {
      const row = await read((tx) =>
        tx.maybe<Stored>(sql`
          select payload, consumed_at from oauth_records
          where kind = ${kind} and uid_hash = ${secretHash(uid)} and (expires_at is null or expires_at > now())`),
      );
      return row && payloadOf(row, undefined);
    },
    async findByUserCode() {
      return undefined;
    },
    /** Of two concurrent requests with one code or refresh token, the second fails here (RFC 6749 4.1.2, 10.4). */
    async consume(id) {
      const changed = await write((tx) =>
        tx.execute(sql`
          update oauth_records set consumed_at = now()
          where kind = ${kind} and id_hash = ${secretHash(id)} and consumed_at is null`),
      );
      if (changed > 0) return;
      const { errors } = await oidcLibrary();
      throw new errors.InvalidGrant('already used');
    },
    async destroy(id) {
      await write((tx) =>
        tx.execute(sql`delete from oauth_records where kind = ${kind} and id_hash = ${secretHash(id)}`),
      );
      forgetCallers(database);
    },
    async revokeByGrantId(grantId) {
      await write((tx) =>
        tx.execute(sql`delete from oauth_records where kind = ${kind} and grant_hash = ${secretHash(grantId)}`),
      );
      forgetCallers(database);
    },
  });
}

function payloadOf({ payload, consumed_at: consumed }: Stored, id: string | undefined): AdapterPayload {
  return {
    ...payload,
    ...(id === undefined ? {} : { jti: id }),
    ...(consumed ? { consumed: Math.floor(consumed.getTime() / 1000) } : {}),
  };
}

/** The secret is stored as its hash; `compareClientSecret` takes that into account. */
async function oauthClient(tx: Transaction, clientId: string): Promise<AdapterPayload | undefined> {
  const row = await tx.maybe<{ metadata: AdapterPayload; secret_hash: Buffer }>(sql`
    select metadata, secret_hash from oauth_clients where client_id = ${clientId}`);
  return row && { ...row.metadata, client_id: clientId, client_secret: row.secret_hash.toString('base64url') };
}

/** The key that signs the OAuth server's cookies, the same on every node. */
export async function cookieKey(database: Database): Promise<string> {
  const id = secretHash('cookie key');
  return database.transaction({ clientAccounts: [], mode: 'write', work: 'oauth' }, async (tx) => {
    await tx.execute(sql`
      insert into oauth_records (kind, id_hash, payload)
      values ('CookieKey', ${id}, ${JSON.stringify({ key: randomSecret() })})
      on conflict do nothing`);
    const { key } = await tx.one<{ key: string }>(sql`
      select payload ->> 'key' as key from oauth_records where kind = 'CookieKey' and id_hash = ${id}`);
    return key;
  });
}
