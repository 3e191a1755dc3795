import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import type { Call, Operation, Platform } from '../platform/operation.ts';
import { tenancyErrors } from './errors.ts';

export interface Limit {
  /** What is counted: its text is hashed, so that no address is kept. */
  key: string;
  most: number;
  seconds: number;
}

/**
 * Counts one attempt under each limit, in a transaction of its own: an attempt that fails counts too. Throws
 * `tenancy.too_many_attempts` with the seconds to wait once one is passed. Shared by all nodes.
 */
export async function countAttempt(platform: Platform, limits: readonly Limit[]): Promise<void> {
  if (limits.length === 0) return;
  const now = platform.clock.now();
  const counted = await platform.database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
    const rows: { count: number; window_ends_at: Date }[] = [];
    // In one order everywhere, so that two attempts never wait for each other.
    for (const { key, seconds } of sorted(limits)) {
      const ends = new Date(now.getTime() + seconds * 1000);
      rows.push(
        await tx.one(sql`
          insert into throttles as t (key, count, window_ends_at) values (${hashed(key)}, 1, ${ends})
          on conflict (key) do update set
            count = case when t.window_ends_at <= ${now} then 1 else t.count + 1 end,
            window_ends_at = case when t.window_ends_at <= ${now} then excluded.window_ends_at else t.window_ends_at end
          returning count, window_ends_at`),
      );
    }
    if (rows.some((row) => row.count === 1))
      await tx.execute(sql`
        delete from throttles where key in (
          select key from throttles where window_ends_at <= ${now} limit 100 for update skip locked)`);
    return rows;
  });
  const passed = counted.filter((row, i) => row.count > sorted(limits)[i]!.most);
  if (passed.length === 0) return;
  const until = Math.max(...passed.map((row) => row.window_ends_at.getTime()));
  throw tenancyErrors.too_many_attempts({ retry_after: Math.max(1, Math.ceil((until - now.getTime()) / 1000)) });
}

/** Forgets the attempts under these keys: the right password was given. */
export async function forgetAttempts(platform: Platform, limits: readonly Limit[]): Promise<void> {
  await platform.database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    tx.execute(sql`delete from throttles where key = any (${limits.map(({ key }) => hashed(key))})`),
  );
}

/** An operation that is refused after too many attempts, counted before it takes a connection. */
export function throttled<I, O>(
  operation: Operation<I, O>,
  limits: (input: I, call: Call) => readonly Limit[],
): Operation<I, O> {
  return {
    ...operation,
    async call(platform, call, input) {
      await countAttempt(platform, limits(input, call));
      return operation.call(platform, call, input);
    },
  };
}

function sorted(limits: readonly Limit[]): Limit[] {
  return limits.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function hashed(key: string): string {
  return createHash('sha256').update(key).digest('base64');
}
