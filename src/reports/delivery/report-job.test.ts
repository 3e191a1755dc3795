import { readXlsx } from 'hucre/xlsx';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiOf, type DomainApi } from '../../../test/support/http/domain-api.ts';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { openJobs, type TestJobs } from '../../../test/support/server/jobs.ts';
import { People } from '../../../test/support/books/people.ts';
import { withFiles } from '../../../test/support/http/upload.ts';
import { removeExpiredRenderings } from '../../platform/jobs/rendering-sweep.ts';
import type { JobView } from '../../platform/jobs/job-view.ts';
import { jobRoutes } from '../../platform/jobs/jobs.routes.ts';
import type { Platform } from '../../platform/operation.ts';
import { trialBalanceRoutes } from '../trial-balance/trial-balance.routes.ts';
import { reportJob } from './report-job.ts';

const people = new People();
const platform: Platform & { folder: string } = withFiles(testPlatform());
const api: DomainApi = apiOf([...trialBalanceRoutes, ...jobRoutes], platform);
let jobs: TestJobs;

beforeAll(async () => {
  jobs = await openJobs(platform, [reportJob(platform, 7)], { prefix: 'report-job' });
});
afterAll(async () => {
  await jobs.close();
  await people.close();
});

const ask = (books: Books, more = '', token = books.token) =>
  api(
    'GET',
    `/reports/trial-balance?client_account_id=${books.clientAccountId}&date_from=2025-01-01&date_to=2025-12-31&format=excel${more}`,
    token,
    undefined,
    { prefer: 'wait=1, respond-async' },
  );

async function finished(id: number, token: string): Promise<JobView> {
  await jobs.run();
  return (await api('GET', `/jobs/${id}`, token)).body as JobView;
}

const download = (id: number, token: string) =>
  api.server.inject({ url: `/api/v2/jobs/${id}/file`, headers: { authorization: `Bearer ${token}` } });

test('a report as a job: 202, progress, download, and after its time nothing', async () => {
  const books = await openBooks({ name: 'Lang Rapport AS' });
  await books.post('2025-02-10', [debit('1920', 100), credit('2050', 100)]);
  const { status, headers, body } = await ask(books);
  expect(status).toBe(202);
  expect(headers).toMatchObject({ 'preference-applied': 'respond-async', location: `/api/v2/jobs/${body.id}` });
  expect(body).toMatchObject({ kind: 'report', status: 'queued', client_account_id: books.clientAccountId });

  const job = await finished(body.id, books.token);
  expect(job).toMatchObject({
    status: 'succeeded',
    progress: 100,
    result: {
      download: `/api/v2/jobs/${job.id}/file`,
      file_name: 'saldobalanse_2025-01-01_2025-12-31.xlsx',
      content_type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      expires_at: '2026-03-22T10:00:00Z',
    },
  });
  const file = await download(job.id, books.token);
  expect(file.statusCode).toBe(200);
  expect(file.headers['content-disposition']).toContain('saldobalanse_2025-01-01_2025-12-31.xlsx');
  expect(Number(file.headers['content-length'])).toBe((job.result as { size: number }).size);
  const { sheets } = await readXlsx(file.rawPayload);
  expect(sheets[0]!.rows.some(([code]) => code === '1920')).toBe(true);

  const day = 86_400_000;
  const at = (days: number) => ({ now: () => new Date(platform.clock.now().getTime() + days * day) });
  await removeExpiredRenderings({ ...platform, clock: at(6.9) });
  expect((await download(job.id, books.token)).statusCode).toBe(200);
  expect(await removeExpiredRenderings({ ...platform, clock: at(7) })).toBeGreaterThan(0);
  const gone = await download(job.id, books.token);
  expect(gone.statusCode).toBe(404);
  expect(gone.json()).toMatchObject({ details: { code: 'jobs.file_expired' } });
  expect((await finished(job.id, books.token)).result).toMatchObject({ download: null });
});

test('only who could ask for it may have it', async () => {
  const books = await openBooks();
  const { body } = await ask(books);
  await finished(body.id, books.token);
  const asked = await people.user();
  const token = await people.token(asked.id);
  expect((await download(body.id, token)).statusCode).toBe(403);
  expect((await download(999_999_999, token)).statusCode).toBe(404);
  await people.role(books.clientAccountId, asked.id, 'US');
  expect((await download(body.id, await people.token(asked.id))).statusCode).toBe(200);
  await people.role(books.clientAccountId, asked.id, 'EM');
  expect((await download(body.id, await people.token(asked.id))).statusCode).toBe(403);
  await people.role(books.clientAccountId, books.userId, null);
  expect((await download(body.id, await people.token(books.userId))).statusCode).toBe(403);
});

test('who lost the role before the job began gets nothing', async () => {
  const books = await openBooks();
  const job = reportJob(platform, 7);
  const { body } = await ask(books);
  await finished(body.id, books.token);
  await people.role(books.clientAccountId, books.userId, null);
  const { input } = await platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.one<{ input: object }>(sql`select input from jobs where id = ${body.id}`),
  );
  const { userId, clientAccountId } = books;
  const signal = new AbortController().signal;
  const end = await job.run({ jobId: body.id, userId, clientAccountId, input, attempt: 1, progress() {}, signal });
  expect(end).toMatchObject({ status: 'failed', errors: [{ code: 'request.no_access' }] });
});

test('a process that ends fails no job: another begins it again', async () => {
  const books = await openBooks();
  const { body } = await ask(books);
  await finished(body.id, books.token);
  const { input } = await platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.one<{ input: object }>(sql`select input from jobs where id = ${body.id}`),
  );
  const { userId, clientAccountId } = books;
  const run = {
    jobId: body.id,
    userId,
    clientAccountId,
    input,
    attempt: 1,
    progress() {},
    signal: AbortSignal.abort(),
  };
  await expect(reportJob(platform, 7).run(run)).rejects.toMatchObject({ code: 'rendering.left' });
});

test('what is wrong is told at once, not by the job', async () => {
  const books = await openBooks();
  expect((await ask(books, '&date_from=2026-01-01')).status).toBe(400);
  const answer = await api(
    'GET',
    `/reports/trial-balance?client_account_id=${books.clientAccountId}&date_from=2026-01-01&date_to=2025-12-31&format=pdf`,
    books.token,
    undefined,
    { prefer: 'respond-async' },
  );
  expect(answer.status).toBe(422);
});

test('a job without a document has none to download', async () => {
  const books = await openBooks();
  const id = await platform.database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
    const row = await tx.one<{ id: number }>(sql`
      insert into jobs (client_account_id, user_id, kind, status) values (${books.clientAccountId}, ${books.userId}, 'none', 'succeeded') returning id`);
    return row.id;
  });
  const answer = await download(id, books.token);
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toMatchObject({ details: { code: 'jobs.no_file' } });
});

test('so many at a time and no more', async () => {
  const books = await openBooks();
  await platform.database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    tx.execute(sql`
      insert into jobs (client_account_id, user_id, kind)
      select ${books.clientAccountId}::bigint, ${books.userId}::bigint, 'report' from generate_series(1, 20)`),
  );
  const { status, headers, body } = await ask(books);
  expect(status).toBe(429);
  expect(headers['retry-after']).toBe('30');
  expect(body.details.code).toBe('jobs.too_many');
});
