import sql from 'sql-template-tag';
import { assert } from '../kernel/assert.ts';
import type { Transaction } from './database/pool.ts';
import {
  type Access,
  type AuditRecord,
  type Operation,
  ownTransactionOperation,
  type OwnTransactionWork,
  retryCollision,
  storeAnswer,
  storedAnswer,
  writeAudit,
} from './operation.ts';

/** The context of the last step: a transaction to write in. */
export interface OutsideWrite extends OwnTransactionWork {
  tx: Transaction;
  now: Date;
  audit: (record: AuditRecord) => void;
}

interface OutsideSpec<I, R, A, O> {
  name: string;
  access: Access;
  /** Reads the state before the call, in a separate transaction; refuses what needs no call. */
  read(work: OwnTransactionWork & { tx: Transaction }, input: I): Promise<R>;
  /** Calls the party. No transaction is open meanwhile. */
  ask(work: OwnTransactionWork, input: I, read: R): Promise<A>;
  /** Writes the result. The state may have changed since it was read: this compares, and refuses with 409. */
  write(work: OutsideWrite, input: I, read: R, answer: A): Promise<O>;
}

/**
 * An operation that calls a party before it writes: it reads, calls, and writes with audit and an idempotent response.
 * The call must be safe to repeat; nothing is written if the party fails.
 */
export function outsideOperation<I, R, A, O>(spec: OutsideSpec<I, R, A, O>): Operation<I, O> {
  return ownTransactionOperation<I, O>({
    name: spec.name,
    access: spec.access,
    async run(work, input) {
      const { platform, clientAccountId, key, call } = work;
      const opened = { clientAccounts: clientAccountId ? [clientAccountId] : [], userId: work.caller.userId };
      const before = await platform.database.transaction({ ...opened, mode: 'read' }, async (tx) => {
        const answered = key && (await storedAnswer<O>(tx, key));
        if (answered) return { answered };
        return { answered: undefined, read: await spec.read({ ...work, tx }, input) };
      });
      if (before.answered) return before.answered;
      const answer = await spec.ask(work, input, before.read);
      return retryCollision(() =>
        platform.database.transaction({ ...opened, mode: 'write' }, async (tx) => {
          // Of two identical concurrent requests the second waits, and finds the response of the first.
          if (key) await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key.key}, ${key.userId}))`);
          const answered = key && (await storedAnswer<O>(tx, key));
          if (answered) return answered;
          const audits: AuditRecord[] = [];
          const audit = (record: AuditRecord) => void audits.push(record);
          const now = platform.clock.now();
          const value = await spec.write({ ...work, tx, now, audit }, input, before.read, answer);
          assert(audits.length > 0, `${spec.name} changed something without saying what`);
          await writeAudit(tx, spec.name, call, audits);
          if (key) await storeAnswer(tx, key, value);
          return { value, replayed: false };
        }),
      );
    },
  });
}
