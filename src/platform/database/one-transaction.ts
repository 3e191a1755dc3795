import { AsyncLocalStorage } from 'node:async_hooks';

/** The databases with an open transaction in the current asynchronous call, the innermost first. */
interface Inside {
  database: object;
  /** On the connections of imports, which no other transaction waits for. */
  lasting: boolean;
  outer: Inside | undefined;
}

const inside = new AsyncLocalStorage<Inside | undefined>();

/** A call with an open transaction requested another one from the same database. */
export class NestedTransaction extends Error {
  override name = 'NestedTransaction';
  constructor() {
    super('a transaction was asked for inside a transaction of the same database');
  }
}

/**
 * A call that holds a connection while it waits for a second one deadlocks when all calls do so. Throws
 * `NestedTransaction` at the place of the second request. `besideLasting`: a short transaction is allowed inside an
 * import's transaction, because no holder of a short one's connection waits for the import's connection.
 */
export function refuseNested(database: object, { besideLasting = false } = {}): void {
  for (let at = inside.getStore(); at; at = at.outer)
    if (at.database === database && !(besideLasting && at.lasting)) throw new NestedTransaction();
}

/** Runs the work of a transaction; a second one inside it is refused, through any chain of awaits. */
export function asTransactionOf<T>(database: object, work: () => Promise<T>, lasting = false): Promise<T> {
  return inside.run({ database, lasting, outer: inside.getStore() }, work);
}

/**
 * Runs work that outlives the call that started it: loops, queues, work for several callers. It counts as outside any
 * transaction, wherever it was started.
 */
export function onItsOwn<T>(work: () => T): T {
  return inside.exit(work);
}
