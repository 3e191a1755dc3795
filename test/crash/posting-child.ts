// The program that is killed: several callers post concurrently, and each response is reported as soon as it arrives.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { systemClock } from '../../src/kernel/clock.ts';
import { foldBalances } from '../../src/ledger/balances-fold.ts';
import { sealNextBlock } from '../../src/ledger/proof/chain-seal.ts';
import { Database } from '../../src/platform/database/pool.ts';
import { AppError } from '../../src/platform/errors.ts';
import type { Platform } from '../../src/platform/operation.ts';
import { callerOfUser } from '../../src/tenancy/access/caller-load.ts';
import { operationOf } from './request-operation.ts';
import { type Asked, nextRequest, type Target } from './request-stream.ts';
import { Random } from './random.ts';

/** What the parent tells the child to do. */
export interface Job {
  userId: number;
  targets: Target[];
  callers: number;
  seed: number;
  round: number;
  /** Kill yourself around the n-th statement with this beginning; null: work until killed. */
  dieAt: { statement: string; nth: number; when: 'before' | 'sent' | 'answered' } | null;
}

/** Messages of the child, one per line. */
export type Message =
  | { ready: true }
  | { backend: number }
  /** The moment of `dieAt` has come: the process ends next. */
  | { reached: string }
  | { asked: Asked }
  | { answered: { tag: string; value: unknown } }
  | { refused: { tag: string; code: string } }
  | { broken: { tag: string; message: string } };

/** Straight to the descriptor: nothing waits in this process when it is killed. */
function send(line: Message): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let sent = 0; sent < bytes.length;) {
    try {
      sent += writeSync(1, bytes, sent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

const connection = JSON.parse(process.argv[2]!) as pg.PoolConfig;
const database = new Database({ ...connection, max: 6 });
const silent = () => {};
const platform: Platform = { database, clock: systemClock, log: { info: silent, warn: silent, error: silent } };
createInterface(process.stdin).once('line', (line) => void work(JSON.parse(line) as Job));
send({ ready: true });

async function wait(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}

async function work(job: Job): Promise<void> {
  watchStatements(job);
  // Connected before the first request, so that the burst is all posting.
  await Promise.all(Array.from({ length: 4 }, () => database.transaction({ clientAccounts: [], mode: 'read' }, wait)));
  const caller = (await callerOfUser(database, job.userId))!;
  const fold = job.targets.map((target) => foldAndSeal(target.clientAccountId));
  const callers = Array.from({ length: job.callers }, async (_, c) => {
    const random = new Random(job.seed * 1_000 + c);
    // Each caller has its own share, so that no two want to cancel one entry or post one draft.
    const target = job.targets[c % job.targets.length]!;
    const mine = { ...target, cancellable: share(target.cancellable, c, job), drafts: share(target.drafts, c, job) };
    for (let n = 0; ; n++) {
      const asked = nextRequest(random, mine, `r${job.round} c${c} n${n}`);
      send({ asked });
      const call = {
        caller,
        clientAccountId: asked.clientAccountId,
        ...(asked.key ? { idempotencyKey: asked.key } : {}),
      };
      try {
        const { value } = await operationOf(asked.kind).call(platform, call, asked.input);
        send({ answered: { tag: asked.tag, value } });
        const { id } = value as { id?: number };
        if (asked.kind === 'draft') mine.drafts.push(id!);
        if (asked.kind === 'post' && random.below(3) === 0) mine.cancellable.push(id!);
      } catch (error) {
        if (error instanceof AppError) send({ refused: { tag: asked.tag, code: error.code } });
        else {
          send({ broken: { tag: asked.tag, message: String(error) } });
          await wait();
        }
      }
    }
  });
  await Promise.all([...callers, ...fold]);
}

function share(ids: number[], c: number, job: Job): number[] {
  const sharers = Math.ceil(job.callers / job.targets.length);
  return ids.filter((_, i) => i % sharers === Math.floor(c / job.targets.length));
}

async function foldAndSeal(clientAccountId: number): Promise<void> {
  for (;;) {
    await wait();
    for (const step of [foldBalances, sealNextBlock]) {
      await database
        .transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) => step(tx, clientAccountId))
        .catch(wait);
    }
  }
}

/** Ends this process at one exact moment: before a statement is sent, right after, or when its answer has come. */
function watchStatements(job: Job): void {
  let seen = 0;
  const die = () => {
    send({ reached: job.dieAt!.statement });
    process.kill(process.pid, 'SIGKILL');
  };
  const query = pg.Client.prototype.query as (...args: unknown[]) => Promise<unknown>;
  const known = new WeakSet<object>();
  const posting = new WeakSet<object>();
  pg.Client.prototype.query = function (this: pg.Client & { processID: number }, ...args: unknown[]) {
    if (!known.has(this)) send({ backend: this.processID });
    known.add(this);
    const first = args[0] as string | { name?: string; text?: string };
    const name = (typeof first === 'string' ? first : (first.name ?? first.text ?? '')).trimStart();
    if (name === 'insert-entries') posting.add(this);
    // Only the commit of a posting counts, not that of a read, which goes out with the next beginning.
    const counts =
      job.dieAt && name.startsWith(job.dieAt.statement) && (!name.startsWith('commit') || posting.delete(this));
    if (!counts || ++seen !== job.dieAt!.nth) return query.apply(this, args);
    if (job.dieAt!.when === 'before') die();
    const answer = query.apply(this, args);
    if (job.dieAt!.when === 'answered') return answer.then(() => die());
    // After the bytes have left for the server.
    setImmediate(die);
    return answer;
  } as never;
}
