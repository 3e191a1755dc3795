import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createReadStream } from 'node:fs';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../../../test/support/http/api.ts';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { openJobs, type TestJobs } from '../../../test/support/server/jobs.ts';
import { asOwner, People } from '../../../test/support/books/people.ts';
import { withFiles } from '../../../test/support/http/upload.ts';
import { systemClock } from '../../kernel/clock.ts';
import { BOOKKEEPERS } from '../caller.ts';
import { Database } from '../database/pool.ts';
import { DatabaseStorage } from '../files/database-storage.ts';
import { requestErrors } from '../errors.ts';
import type { JobKind, JobRun, NewJob } from './job-queue.ts';
import { jobRoutes } from './jobs.routes.ts';

const people = new People();
const shared = new DatabaseStorage(new Database({ ...testOwnerConnection(), max: 4 }), systemClock);
/** Two nodes with separate folders and one database. */
const [here, there] = [node(), node()];
let jobs: TestJobs;
let elsewhere: TestJobs;
let api: Api;
/** The functions of jobs of the kind `trial`, by the name in their input. */
const does = new Map<string, (run: JobRun) => unknown>();

function node() {
  const platform = withFiles(people.platform);
  platform.files.storage = shared;
  return platform;
}

const trial = (kind: string, attempts = 3): JobKind => ({
  kind,
  attempts,
  line: 'books',
  access: () => ({ kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS }),
  async run(run) {
    const result = await does.get((run.input as { name: string }).name)!(run);
    return { status: 'succeeded', result: { result } };
  },
});

beforeAll(async () => {
  jobs = await openJobs(here, [trial('trial')], { prefix: 'jobs-test' });
  elsewhere = await openJobs(there, [trial('trial')], { prefix: 'jobs-test' });
  api = new Api(here, jobRoutes);
});
afterAll(async () => {
  await jobs.close();
  await elsewhere.close();
  await api.close();
  await shared.close();
  await people.close();
});

async function client() {
  const owner = await people.user();
  const clientAccountId = await people.clientAccount(owner.id);
  return { clientAccountId, userId: owner.id, token: await people.token(owner.id) };
}

const write = <T>(work: Parameters<typeof people.platform.database.transaction<T>>[1]) =>
  people.platform.database.transaction({ clientAccounts: [], mode: 'write' }, work);

const add = (starter: { clientAccountId: number; userId: number }, name: string, more: Partial<NewJob> = {}) =>
  write((tx) =>
    jobs.jobs.add(tx, {
      kind: 'trial',
      userId: starter.userId,
      clientAccountId: starter.clientAccountId,
      input: { name },
      ...more,
    }),
  );

const seen = async (token: string, id: number) => (await api.as(token).get(`/jobs/${id}`)).body;

/** Makes tasks that wait for a pause due at once. */
const noPause = () => asOwner(`update graphile_worker._private_jobs set run_at = now() where locked_at is null`);

test('a file that one node took in is worked on by another', async () => {
  const starter = await client();
  const upload = await jobs.jobs.stage(Readable.from([Buffer.from('fra en annen node')]));
  does.set('reads', ({ upload: file }) => text(createReadStream(file!.path)));
  const id = await add(starter, 'reads', { upload });
  await elsewhere.run();
  expect(await seen(starter.token, id)).toMatchObject({ status: 'succeeded', result: { result: 'fra en annen node' } });
  expect(await shared.has(upload.key)).toBe(false);
});

test('a job that breaks off is tried again after a pause, and says why meanwhile', async () => {
  const starter = await client();
  does.set('second time', ({ attempt }) => {
    if (attempt === 1) throw new Error('secret of the house');
    return attempt;
  });
  const id = await add(starter, 'second time');
  await jobs.run();
  const waiting = await seen(starter.token, id);
  expect(waiting).toMatchObject({ status: 'queued', attempts: 1, last_error: { code: 'jobs.broke_off' } });
  expect(JSON.stringify(waiting)).not.toContain('secret');
  await noPause();
  await jobs.run();
  expect(await seen(starter.token, id)).toMatchObject({ status: 'succeeded', attempts: 2, last_error: null });
});

test('after its last attempt it has failed, and who may do what it does can begin it again', async () => {
  const starter = await client();
  let mended = false;
  does.set('mended', () => {
    if (!mended) throw new Error('not yet');
    return 'now';
  });
  const id = await add(starter, 'mended');
  for (let i = 0; i < 4; i++) {
    await jobs.run();
    await noPause();
  }
  expect(await seen(starter.token, id)).toMatchObject({
    status: 'failed',
    attempts: 3,
    errors: [{ code: 'jobs.broke_off' }],
  });
  mended = true;
  const employee = await people.user();
  await people.role(starter.clientAccountId, employee.id, 'EM');
  expect((await api.as(await people.token(employee.id)).post(`/jobs/${id}/retry`)).status).toBe(403);
  const again = await api.as(starter.token).post(`/jobs/${id}/retry`);
  expect(again).toMatchObject({ status: 200, body: { status: 'queued', attempts: 0, errors: null } });
  expect((await api.as(starter.token).post(`/jobs/${id}/retry`)).body.details.code).toBe('jobs.not_failed');
  await jobs.run();
  expect(await seen(starter.token, id)).toMatchObject({ status: 'succeeded', result: { result: 'now' } });
});

test('a job under which two processes ended is not begun a third time', async () => {
  const starter = await client();
  let begun = 0;
  does.set('ends processes', () => ++begun);
  const id = await add(starter, 'ends processes');
  // The state of the database after the second crash.
  await asOwner(`update jobs set status = 'running', attempts = 2, crashes = 1 where id = $1`, [id]);
  await jobs.run();
  expect(begun).toBe(0);
  expect(await seen(starter.token, id)).toMatchObject({ status: 'failed', errors: [{ code: 'jobs.ended_processes' }] });
});

test('after the first one it is', async () => {
  const starter = await client();
  does.set('survives', () => 'done');
  const id = await add(starter, 'survives');
  await asOwner(`update jobs set status = 'running', attempts = 1 where id = $1`, [id]);
  await jobs.run();
  expect(await seen(starter.token, id)).toMatchObject({ status: 'succeeded', attempts: 2 });
});

test('tasks of a process that is gone are given to others', async () => {
  const starter = await client();
  does.set('rescued', () => 'rescued');
  const id = await add(starter, 'rescued');
  await asOwner(
    `insert into task_processes (pool, application_name, seen_at) values ('gone', 'hovedbok tasks gone', now() - interval '1 minute')`,
  );
  const lock = `locked_by = 'gone', locked_at = now() - interval '1 minute'`;
  await asOwner(`update graphile_worker._private_job_queues set ${lock} where queue_name = $1`, [
    `books:${starter.clientAccountId}`,
  ]);
  await asOwner(`update graphile_worker._private_jobs set ${lock} where payload->>'job_id' = $1`, [String(id)]);
  await jobs.run();
  expect((await seen(starter.token, id)).status).toBe('queued');
  expect(await jobs.tasks.rescue()).toBe(1);
  await jobs.run();
  expect((await seen(starter.token, id)).status).toBe('succeeded');
});

test('one client account’s jobs are done in order; one that runs holds up no other client account', async () => {
  const [busy, other] = [await client(), await client()];
  const order: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun = () => {};
  const running = new Promise<void>((resolve) => {
    begun = resolve;
  });
  does.set('long', async () => {
    begun();
    await held;
    order.push('long');
  });
  does.set('next', () => order.push('next'));
  does.set('other', () => order.push('other'));
  await add(busy, 'long');
  await add(busy, 'next');
  await add(other, 'other');
  const first = jobs.run();
  await running;
  await elsewhere.run();
  expect(order).toEqual(['other']);
  release();
  await first;
  await jobs.run();
  expect(order).toEqual(['other', 'long', 'next']);
});

test('a process that ends puts its job back: that attempt does not count', async () => {
  const starter = await client();
  const ending = await openJobs({ ...here }, [trial('trial')], { prefix: 'jobs-ending' });
  let begun = () => {};
  const running = new Promise<void>((resolve) => {
    begun = resolve;
  });
  does.set('breaks off', ({ signal, attempt }) => {
    if (attempt > 1) return attempt;
    begun();
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('broken off')));
    });
  });
  const id = await write((tx) =>
    ending.jobs.add(tx, {
      kind: 'trial',
      userId: starter.userId,
      clientAccountId: starter.clientAccountId,
      input: { name: 'breaks off' },
    }),
  );
  const run = ending.run();
  await running;
  await ending.close();
  await run;
  expect(await seen(starter.token, id)).toMatchObject({ status: 'queued', attempts: 0 });
});

test('a job that does not break off holds no process up: it is left to another', async () => {
  const starter = await client();
  const ending = await openJobs({ ...here }, [trial('trial')], { prefix: 'jobs-stuck' });
  let begun = () => {};
  const running = new Promise<void>((resolve) => {
    begun = resolve;
  });
  does.set('is stuck', () => {
    begun();
    return new Promise(() => {});
  });
  const id = await write((tx) =>
    ending.jobs.add(tx, {
      kind: 'trial',
      userId: starter.userId,
      clientAccountId: starter.clientAccountId,
      input: { name: 'is stuck' },
    }),
  );
  void ending.run();
  await running;
  expect(await ending.tasks.stop(20)).toBe(false);
  await ending.jobs.giveUp();
  expect(await seen(starter.token, id)).toMatchObject({ status: 'queued', attempts: 0 });
});

describe('who sees what', () => {
  test('what came of a job is for those who may do what it does; others with a role see its state', async () => {
    const starter = await client();
    does.set('refused', () => {
      throw requestErrors.not_found({ what: 'Account', id: 'saldo 1 000 kr' });
    });
    const id = await add(starter, 'refused');
    await asOwner(`update jobs set attempts = 2 where id = $1`, [id]);
    await jobs.run();
    expect(await seen(starter.token, id)).toMatchObject({ status: 'failed', errors: [{ code: 'request.not_found' }] });
    for (const role of ['EM', 'US'] as const) {
      const user = await people.user();
      await people.role(starter.clientAccountId, user.id, role);
      const view = await seen(await people.token(user.id), id);
      expect(view).toMatchObject({ status: 'failed', result: null, errors: null, last_error: null });
      const list = await api.as(await people.token(user.id)).get(`/jobs?client_account_id=${starter.clientAccountId}`);
      expect(JSON.stringify(list.body)).not.toContain('Saldo');
    }
  });

  test('who started a job and lost the role since reads its state alone', async () => {
    const starter = await client();
    does.set('balance', () => '1000.00');
    const id = await add(starter, 'balance');
    await jobs.run();
    await people.role(starter.clientAccountId, starter.userId, null);
    expect(await seen(await people.token(starter.userId), id)).toMatchObject({ status: 'succeeded', result: null });
  });

  test('a job of others is 403, none is 404', async () => {
    const starter = await client();
    does.set('quiet', () => null);
    const id = await add(starter, 'quiet');
    const { token } = await client();
    for (const [path, status] of [
      [`/jobs/${id}`, 403],
      ['/jobs/999999999', 404],
      [`/jobs?client_account_id=${starter.clientAccountId}`, 403],
      ['/jobs?client_account_id=4000000', 404],
    ] as const)
      expect([path, (await api.as(token).get(path)).status]).toEqual([path, status]);
    expect((await api.as(token).post(`/jobs/${id}/retry`)).status).toBe(403);
    await jobs.run();
  });

  test('lists a client account’s jobs and one’s own, newest first, page by page', async () => {
    const starter = await client();
    const ids = [await add(starter, 'quiet'), await add(starter, 'quiet'), await add(starter, 'quiet')];
    const own = await add({ ...starter, clientAccountId: 0 }, 'quiet');
    await jobs.run();
    const list = async (query: string) => (await api.as(starter.token).get(`/jobs?${query}`)).body;
    const first = await list(`client_account_id=${starter.clientAccountId}&per_page=2`);
    expect(first).toMatchObject({ meta: { page: 1, pages: 2, per_page: 2, records: 3 } });
    expect(first.data.map(({ id }: { id: number }) => id)).toEqual([ids[2], ids[1]]);
    expect((await list(`client_account_id=${starter.clientAccountId}&status=failed`)).data).toEqual([]);
    expect((await list('')).data.map(({ id }: { id: number }) => id)).toEqual([own, ...ids.toReversed()]);
    expect((await api.as(starter.token).get('/jobs?status=lost')).status).toBe(400);
  });
});

test('the metrics count jobs by kind and state', async () => {
  const starter = await client();
  await add(starter, 'quiet');
  await write((tx) => tx.execute(sql`insert into jobs (user_id, kind) values (${starter.userId}, 'counted')`));
  const load = await jobs.jobs.load();
  expect(load.find(({ kind }) => kind === 'counted')).toMatchObject({ queued: 1, running: 0, failed: 0 });
  expect(load.find(({ kind }) => kind === 'trial')!.queued).toBeGreaterThan(0);
  await jobs.run();
});
