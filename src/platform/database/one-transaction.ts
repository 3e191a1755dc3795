import { AsyncLocalStorage } from 'node:async_hooks';

/** The databases that the present asynchronous call has a transaction of, the innermost first. */
interface Inside {
  database: object;
  /** On the connections of imports, which no other transaction waits for. */
  lasting: boolean;
  outer: Inside | undefined;
}

const inside = new AsyncLocalStorage<Inside | undefined>();

/** A call that has a transaction asked the same database for another. */
export class NestedTransaction extends Error {
  override name = 'NestedTransaction';
  constructor() {
    super('a transaction was asked for inside a transaction of the same database');
  }
}

/**
 * Who holds a connection and waits for a second one waits for ever when all do. Throws `NestedTransaction`, in the
 * place that asks. `besideLasting`: a short one is allowed while an import has its own, whose connection nobody waits for
 * with one of these in hand.
 */
export function refuseNested(database: object, { besideLasting = false } = {}): void {
  for (let at = inside.getStore(); at; at = at.outer)
    if (at.database === database && !(besideLasting && at.lasting)) throw new NestedTransaction();
}

/** Runs the work of a transaction; a second one inside it is refused, whatever it awaits on the way there. */
export function asTransactionOf<T>(database: object, work: () => Promise<T>, lasting = false): Promise<T> {
  return inside.run({ database, lasting, outer: inside.getStore() }, work);
}

/**
 * Runs what goes on by itself after whoever started it: loops, queues, work for several callers. It stands in no
 * transaction, wherever it was started.
 */
export function onItsOwn<T>(work: () => T): T {
  return inside.exit(work);
}
