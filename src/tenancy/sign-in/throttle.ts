import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import sql from 'sql-template-tag';
import type { Call, Operation, Platform } from '../../platform/operation.ts';
import { tenancyErrors } from '../errors.ts';

export interface Limit {
  /** The text that is counted: only its hash is stored, so that no address is kept. */
  key: string;
  most: number;
  seconds: number;
}

/**
 * Counts one attempt under each limit, in a separate transaction, so that a failed attempt counts too. Throws
 * `tenancy.too_many_attempts` with the seconds to wait once a limit is exceeded. Shared by all nodes.
 *
 * The widest limit is always counted first: an attempt that it refuses adds no row for the narrower ones, and two
 * attempts cannot deadlock.
 */
export async function countAttempt(platform: Platform, limits: readonly Limit[]): Promise<void> {
  if (limits.length === 0) return;
  const now = platform.clock.now();
  const until = await platform.database.transaction(COUNTING, async (tx) => {
    for (const { key, most, seconds } of limits) {
      const ends = new Date(now.getTime() + seconds * 1000);
      const { count, window_ends_at: windowEnds } = await tx.one<{ count: number; window_ends_at: Date }>(sql`
        insert into throttles as t (key, count, window_ends_at) values (${hashed(key)}, 1, ${ends})
        on conflict (key) do update set
          count = case when t.window_ends_at <= ${now} then 1 else least(t.count, ${most}) + 1 end,
          window_ends_at = case when t.window_ends_at <= ${now} then excluded.window_ends_at else t.window_ends_at end
        returning count, window_ends_at`);
      if (count > most) return windowEnds;
      if (count === 1)
        await tx.execute(sql`
          delete from throttles where key in (
            select key from throttles where window_ends_at <= ${now} limit 100 for update skip locked)`);
    }
    return null;
  });
  if (!until) return;
  const seconds = Math.ceil((until.getTime() - now.getTime()) / 1000);
  throw tenancyErrors.too_many_attempts({ retry_after: Math.max(1, seconds) });
}

const COUNTING = { clientAccounts: [], mode: 'write', work: 'throttle' } as const;

/**
 * The key for counting attempts from an address. An IPv6 network of 64 bits counts as one, because its holder controls
 * all of its addresses (RFC 4291 section 2.5.4).
 */
export function placeOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
  }
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}

/** Resets the counters of these keys after the right password. */
export async function forgetAttempts(platform: Platform, limits: readonly Limit[]): Promise<void> {
  await platform.database.transaction(COUNTING, (tx) =>
    tx.execute(sql`delete from throttles where key = any (${limits.map(({ key }) => hashed(key))})`),
  );
}

/** An operation that is refused after too many attempts; counts before it takes a connection. */
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

function hashed(key: string): string {
  return createHash('sha256').update(key).digest('base64');
}
