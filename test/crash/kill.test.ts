import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeIds } from '../../src/ledger/index.ts';
import { type Embedded, startEmbedded } from '../../src/platform/database/embedded/embedded.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { Database } from '../../src/platform/database/pool.ts';
import { callerOfUser, createClientAccount, createUser } from '../../src/tenancy/index.ts';
import { testOwnerConnection } from '../support/database/database.ts';
import type { OwnerConnection } from '../support/database/global-setup.ts';
import { KnownBooks } from './after-the-crash.ts';
import { killServer } from './kill-server.ts';
import type { Job } from './posting-child.ts';
import { bundleChild, PostingProcess } from './posting-process.ts';
import { Random } from './random.ts';

/** The callers post the same in every run; the moment of a kill is as exact as the machine's clock. */
const SEED = 20260315;
const CALLERS = 8;
/** Number of crashes of the same books. */
const ROUNDS_PER_BOOKS = 5;

let child: Awaited<ReturnType<typeof bundleChild>>;
beforeAll(async () => {
  child = await bundleChild();
});
afterAll(() => child.remove());

interface Firm {
  userId: number;
  books: KnownBooks[];
}

/** A user with two client accounts that have posted nothing. */
async function newFirm(database: Database): Promise<Firm> {
  const made = await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
    const userId = await createUser(tx, {
      email: `${randomUUID()}@test.example`,
      firstName: 'Kari',
      lastName: 'Krasj',
    });
    const clientAccountIds: number[] = [];
    for (const displayName of ['Fall AS', 'Reis AS'])
      clientAccountIds.push(await createClientAccount(tx, { displayName, createdById: userId }));
    return { userId, clientAccountIds };
  });
  const caller = (await callerOfUser(database, made.userId))!;
  const books: KnownBooks[] = [];
  for (const clientAccountId of made.clientAccountIds) {
    const projects = await addProjects(database, clientAccountId, 5);
    books.push(new KnownBooks({ clientAccountId, projects, cancellable: [], drafts: [] }, caller));
  }
  return { userId: made.userId, books };
}

function addProjects(database: Database, clientAccountId: number, count: number): Promise<number[]> {
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    const first = await takeIds(tx, clientAccountId, count);
    const ids = Array.from({ length: count }, (_, i) => first + i);
    for (const [i, id] of ids.entries())
      await tx.execute(sql`
        insert into dimension_values (client_account_id, dimension_type, id, sequence_number, name)
        values (${clientAccountId}, 'project', ${id}, ${i + 1}, ${`Prosjekt ${i + 1}`})`);
    return ids;
  });
}

/**
 * Statements of a posting and of the work after it, by their names or first words, and the moments around them at which to
 * end.
 */
const MOMENTS: readonly Omit<NonNullable<Job['dieAt']>, 'nth'>[] = [
  { statement: 'commit', when: 'answered' },
  { statement: 'commit', when: 'sent' },
  { statement: 'insert-entries', when: 'sent' },
  { statement: 'advance-series', when: 'answered' },
  { statement: 'commit', when: 'before' },
  { statement: 'insert-audit', when: 'answered' },
  { statement: 'store-answers', when: 'sent' },
  { statement: 'with moved as', when: 'sent' },
  { statement: 'insert-lines', when: 'before' },
  { statement: 'insert-deltas', when: 'answered' },
  { statement: 'advance-heads', when: 'sent' },
  { statement: 'delete from draft_journal_entries', when: 'answered' },
  { statement: 'insert into chain_blocks', when: 'sent' },
];

/** Every third process ends itself at an exact moment of a posting; the others are killed by the clock. */
function jobOf(firm: Firm, round: number, exact: boolean): Job {
  const moment = MOMENTS[Math.floor(round / 3) % MOMENTS.length]!;
  return {
    userId: firm.userId,
    targets: firm.books.map(({ target }) => target),
    callers: CALLERS,
    seed: SEED + round,
    round,
    dieAt: exact ? { ...moment, nth: 2 + (round % 7) } : null,
  };
}

describe('kill -9 in the middle of posting loses nothing acknowledged and leaves nothing half-done', () => {
  test('80 times the posting process', { timeout: 600_000 }, async () => {
    const connection = testOwnerConnection();
    const database = new Database({ ...connection, max: 3 });
    const random = new Random(SEED);
    const sum = { acknowledged: 0, recovered: 0, recoveredAfterCommit: 0, entries: 0 };
    const reached = new Set<string>();
    // The next process starts up while this one works.
    let next = new PostingProcess(child.program, connection);
    try {
      let firm!: Firm;
      for (let round = 0; round < 80; round++) {
        if (round % ROUNDS_PER_BOOKS === 0) firm = await newFirm(database);
        const posting = next;
        if (round < 79) next = new PostingProcess(child.program, connection);
        const job = jobOf(firm, round, round % 3 === 2);
        await posting.work(job);
        if (job.dieAt) await posting.endedAtItsMoment();
        else {
          await posting.answering();
          await sleep(random.below(70));
          await posting.kill();
        }
        if (job.dieAt) reached.add(`${job.dieAt.statement} ${job.dieAt.when}`);
        await backendsGone(connection, posting);
        for (const books of firm.books) {
          const { acknowledged, recovered } = await books.reconcile(database, posting.messages);
          sum.acknowledged += acknowledged;
          sum.recovered += recovered;
          if (job.dieAt?.statement === 'commit' && job.dieAt.when === 'answered') sum.recoveredAfterCommit += recovered;
        }
        if (round % ROUNDS_PER_BOOKS === ROUNDS_PER_BOOKS - 1)
          for (const books of firm.books) sum.entries += books.entries;
      }
    } finally {
      await next.kill().catch(() => {});
      await database.close();
    }
    console.log('killed 80 posting processes', sum);
    expect(sum.acknowledged).toBeGreaterThan(80);
    expect([...reached].toSorted()).toEqual(MOMENTS.map(({ statement, when }) => `${statement} ${when}`).toSorted());
    // A process that dies between commit and response leaves postings without an acknowledgement.
    expect(sum.recoveredAfterCommit).toBeGreaterThan(0);
  });

  test('20 times the database server', { timeout: 600_000 }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'hb-crash-'));
    chmodSync(dataDir, 0o755);
    const random = new Random(SEED + 1);
    const sum = { acknowledged: 0, recovered: 0, entries: 0 };
    let server: Embedded = await startEmbedded({ dataDir });
    let next = new PostingProcess(child.program, server.connection);
    try {
      await migrate(server.connection);
      let firm!: Firm;
      for (let round = 0; round < 20; round++) {
        const how = (['server', 'postmaster', 'backend'] as const)[round % 3]!;
        if (round % ROUNDS_PER_BOOKS === 0) firm = await withDatabase(server, newFirm);
        const posting = next;
        if (round < 19) next = new PostingProcess(child.program, server.connection);
        await posting.work(jobOf(firm, 1_000 + round, false));
        await posting.answering();
        await sleep(random.below(70));
        await killServer(server, how);
        // The callers detect it, continue and are killed too.
        await sleep(40);
        await posting.kill();
        if (how !== 'backend') {
          await server.stop();
          server = await startEmbedded({ dataDir });
        }
        await backendsGone(server.connection, posting);
        await withDatabase(server, async (database) => {
          for (const books of firm.books) {
            const { acknowledged, recovered } = await books.reconcile(database, posting.messages);
            sum.acknowledged += acknowledged;
            sum.recovered += recovered;
          }
        });
      }
      for (const books of firm.books) sum.entries += books.entries;
    } finally {
      await next.kill().catch(() => {});
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
    console.log('killed 20 database servers', sum);
    expect(sum.acknowledged).toBeGreaterThanOrEqual(20);
  });
});

async function withDatabase<T>(server: Embedded, work: (database: Database) => Promise<T>): Promise<T> {
  const database = new Database({ ...server.connection, max: 3 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/**
 * Waits until the server has noticed that the client is gone: what had been sent to it may still be done, and is then done
 * whole. A server that recovers by itself refuses connections meanwhile.
 */
async function backendsGone(connection: OwnerConnection, posting: PostingProcess): Promise<void> {
  const pids = posting.messages.flatMap((line) => ('backend' in line ? [line.backend] : []));
  for (let tries = 0; ; tries++) {
    const client = new pg.Client(connection);
    client.on('error', () => {});
    try {
      await client.connect();
      for (;;) {
        const { rowCount } = await client.query('select from pg_stat_activity where pid = any($1::int[])', [pids]);
        if (rowCount === 0) return;
        await sleep(5);
      }
    } catch (error) {
      if (tries === 400) throw error;
      await sleep(25);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
