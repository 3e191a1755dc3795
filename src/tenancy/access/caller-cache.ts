import type { Caller } from '../../platform/caller.ts';
import type { Database } from '../../platform/database/pool.ts';
import type { Operation } from '../../platform/operation.ts';

/** How long another node may use its cached copy: a revoked token ends there after this time, on this node at once. */
const KEEP_MS = 3_000;
const MOST = 20_000;

interface Known {
  caller: Caller;
  credentialsExpire: Date | null;
  until: number;
}

/** The user behind a credential, cached for a few seconds under the credential's hash. */
export class CallerCache {
  readonly #known = new Map<string, Known>();
  #generation = 0;

  get(key: string, now: Date): Caller | undefined {
    const found = this.#known.get(key);
    if (!found) return undefined;
    if (performance.now() < found.until && !(found.credentialsExpire && found.credentialsExpire <= now))
      return found.caller;
    this.#known.delete(key);
    return undefined;
  }

  /** Read before querying the database; the result is cached only if the cache was not cleared meanwhile. */
  get generation(): number {
    return this.#generation;
  }

  keep(key: string, caller: Caller, credentialsExpire: Date | null, generation: number): void {
    if (generation !== this.#generation) return;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(key, { caller, credentialsExpire, until: performance.now() + KEEP_MS });
  }

  forgetAll(): void {
    this.#generation++;
    this.#known.clear();
  }
}

const caches = new WeakMap<Database, CallerCache>();

export function callerCacheOf(database: Database): CallerCache {
  let cache = caches.get(database);
  if (!cache) caches.set(database, (cache = new CallerCache()));
  return cache;
}

/** Call this after roles, contracts, users or tokens were changed by other code than the operations here. */
export function forgetCallers(database: Database): void {
  callerCacheOf(database).forgetAll();
}

/** An operation that may change what users are allowed to do: it clears the cache once it is done. */
export function changesAccess<I, O>(operation: Operation<I, O>): Operation<I, O> {
  return {
    ...operation,
    async call(platform, call, input) {
      try {
        return await operation.call(platform, call, input);
      } finally {
        forgetCallers(platform.database);
      }
    },
  };
}
