import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { AppError } from '../../platform/errors.ts';
import { CannotOpen, type ColumnKeys } from '../../platform/encryption/column-keys.ts';
import type { Platform } from '../../platform/operation.ts';
import { GrantEnded, SERVICE } from './refusal.ts';
import { columnKeysOf } from './session.ts';
import { idPortenOf } from './user-token.ts';

const HOUR_MS = 3_600_000;
/** The longest lifetime of a grant at ID-porten. */
const LONGEST_MS = 90 * 24 * HOUR_MS;
const FIRST_WAIT_MS = 60_000;

const placeOf = (userId: number) => `id_porten_revocations ${userId}`;
const WORK = { clientAccounts: [], mode: 'write', work: 'id_porten' } as const;

export async function insertRevocation(
  tx: Transaction,
  keys: ColumnKeys,
  { userId, token, endsAt, now }: { userId: number; token: string; endsAt: Date | null; now: Date },
): Promise<void> {
  const { keyId, value } = keys.seal(token, placeOf(userId));
  const ends = endsAt ?? new Date(now.getTime() + LONGEST_MS);
  await tx.execute(sql`
    insert into id_porten_revocations (user_id, sealed, key_id, expires_at, next_at)
    values (${userId}, ${value}, ${keyId}, ${ends}, ${now})`);
}

/**
 * Revokes the tokens that are due at ID-porten; a failure is retried after a pause that doubles up to a day, until the
 * token has expired. Any number of nodes may run this at once.
 */
export async function revokeDue(platform: Platform, { most }: { most: number }): Promise<number> {
  if (!platform.outside?.idPorten || !platform.columnKeys) return 0;
  const { database, log } = platform;
  let revoked = 0;
  for (let number = 0; number < most; number++) {
    const due = await takeDue(platform);
    if (!due) break;
    try {
      const token = columnKeysOf(platform).open({ keyId: due.key_id, value: due.sealed }, placeOf(due.user_id));
      await idPortenOf(platform).revoke(token);
      revoked++;
    } catch (error) {
      // The row is gone, or cannot be decrypted any more: nothing is left to do.
      if (!(error instanceof GrantEnded || error instanceof CannotOpen)) {
        if (!(error instanceof AppError)) throw error;
        log.warn({ service: SERVICE, code: error.code }, 'a token was not revoked; it will be tried again');
        continue;
      }
    }
    await database.transaction(WORK, (tx) => tx.execute(sql`delete from id_porten_revocations where id = ${due.id}`));
  }
  return revoked;
}

interface Due {
  id: number;
  user_id: number;
  sealed: Buffer;
  key_id: string;
}

/** Takes one that is due and postpones it first: if this process ends, another one takes it later. */
function takeDue({ database, clock }: Platform): Promise<Due | undefined> {
  const now = clock.now();
  return database.transaction(WORK, async (tx) => {
    const due = await tx.maybe<Due & { attempts: number }>(sql`
      select id, user_id, sealed, key_id, attempts from id_porten_revocations
      where next_at <= ${now} and expires_at > ${now} order by next_at, id limit 1 for update skip locked`);
    if (!due) return undefined;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** due.attempts, 24 * HOUR_MS);
    await tx.execute(sql`
      update id_porten_revocations set attempts = attempts + 1, next_at = ${new Date(now.getTime() + wait)}
      where id = ${due.id}`);
    return due;
  });
}
