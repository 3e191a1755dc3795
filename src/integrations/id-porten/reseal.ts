import sql from 'sql-template-tag';
import { CannotOpen } from '../../platform/encryption/column-keys.ts';
import type { Platform } from '../../platform/operation.ts';

const AT_ONCE = 500;
const WORK = { clientAccounts: [], mode: 'write', work: 'id_porten' } as const;

interface SealedRow {
  id: number;
  user_id: number;
  sealed: Buffer;
  key_id: string;
}

/** By table, which together with the user is the place that a text is sealed for. */
const STATEMENTS = {
  id_porten_sessions: {
    find: (current: string, beyond: number) => sql`
      select user_id as id, user_id, sealed, key_id from id_porten_sessions
      where key_id <> ${current} and user_id > ${beyond} order by user_id limit ${AT_ONCE} for update`,
    write: (id: number, value: Buffer, keyId: string) =>
      sql`update id_porten_sessions set sealed = ${value}, key_id = ${keyId} where user_id = ${id}`,
  },
  id_porten_revocations: {
    find: (current: string, beyond: number) => sql`
      select id, user_id, sealed, key_id from id_porten_revocations
      where key_id <> ${current} and id > ${beyond} order by id limit ${AT_ONCE} for update`,
    write: (id: number, value: Buffer, keyId: string) =>
      sql`update id_porten_revocations set sealed = ${value}, key_id = ${keyId} where id = ${id}`,
  },
};

/**
 * Encrypts texts under earlier keys again with the current key; after that no row refers to an earlier key and it can
 * be removed from the configuration. A text that cannot be decrypted stays: its key may be configured again. Returns
 * the number of rows changed.
 */
export async function resealTokens({ database, columnKeys }: Platform): Promise<number> {
  if (!columnKeys) return 0;
  let count = 0;
  for (const [table, { find, write }] of Object.entries(STATEMENTS)) {
    const place = (row: SealedRow) => `${table} ${row.user_id}`;
    for (let beyond = 0, more = true; more;) {
      const rows = await database.transaction(WORK, async (tx) => {
        const found = await tx.rows<SealedRow>(find(columnKeys.currentId, beyond));
        for (const row of found) {
          const text = opened(() => columnKeys.open({ keyId: row.key_id, value: row.sealed }, place(row)));
          if (text === null) continue;
          const { keyId, value } = columnKeys.seal(text, place(row));
          count += await tx.execute(write(row.id, value, keyId));
        }
        return found;
      });
      beyond = rows.at(-1)?.id ?? beyond;
      more = rows.length === AT_ONCE;
    }
  }
  return count;
}

function opened(open: () => string): string | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof CannotOpen) return null;
    throw error;
  }
}
