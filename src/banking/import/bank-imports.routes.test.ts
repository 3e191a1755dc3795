import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, Api } from '../../../test/support/http/api.ts';
import { openJobs, type TestJobs } from '../../../test/support/server/jobs.ts';
import { houseAccount } from '../../../test/support/bank/bank-import.ts';
import { openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { withFiles } from '../../../test/support/http/upload.ts';
import { camt053 } from '../../demo/camt-file.ts';
import { jobRoutes } from '../../platform/jobs/jobs.routes.ts';
import { documentsRoutes } from '../../documents/index.ts';
import { bankImportJob, bankingRoutes } from '../index.ts';

const platform = withFiles(testPlatform());
const { folder } = platform;
let jobs: TestJobs;
let api: Api;

beforeAll(async () => {
  jobs = await openJobs(platform, [bankImportJob(platform)], { prefix: 'bank-import' });
  api = new Api(platform, [...bankingRoutes, ...documentsRoutes, ...jobRoutes]);
});
afterAll(async () => {
  await jobs.close();
  await api.close();
});

function fileOf(closing = 1_100n): string {
  const entry = { date: '2026-03-02', amount: 100n, text: 'Rente', reference: 'R1', counterparty: null };
  const payment = { counterpartyAccount: null, kid: null };
  const statement = { id: 'S', number: 1, from: '2026-03-02', to: '2026-03-02', opening: 1_000n, closing };
  const account = { iban: 'NO5315034011238', ownerName: 'Oss', bic: 'DNBANOKK' };
  return [...camt053('M', account, [{ ...statement, entries: [{ ...entry, ...payment }] }])].join('');
}

const send = (token: string, query: string, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  api.call('POST', `/api/v2/banking/imports${query}`, {
    token,
    body,
    headers: { 'content-type': 'application/xml', ...headers },
  });

async function ended(token: string, id: number): Promise<any> {
  await jobs.run();
  return (await api.as(token).get(`/jobs/${id}`)).body;
}

test('takes in a file, answers with a job; the file is kept and can be fetched', async () => {
  const books = await openBooks();
  await houseAccount(books, '15034011238');
  const query = `?client_account_id=${books.clientAccountId}&file_name=mars.xml`;
  const accepted = await send(books.token, query, fileOf());
  expect(accepted).toMatchObject({ status: 202, body: { kind: 'import_bank_file', status: 'queued' } });
  const job = await ended(books.token, accepted.body.id);
  expect(job).toMatchObject({
    status: 'succeeded',
    client_account_id: books.clientAccountId,
    result: { counts: { imported: 1, refused: 0 }, statements: [{ status: 'imported', account: '15034011238' }] },
  });
  const kept = await api.as(books.token).get(`/files/${job.result.file_id}/download`);
  expect(kept).toMatchObject({ status: 200, body: fileOf() });
  expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
  const again = await send(books.token, query, fileOf());
  expect(await ended(books.token, again.body.id)).toMatchObject({ result: { already_imported: true } });
});

test('a refused file is told of as errors, and leaves nothing', async () => {
  const books = await openBooks();
  const accepted = await send(books.token, `?client_account_id=${books.clientAccountId}`, fileOf());
  const job = await ended(books.token, accepted.body.id);
  expect(job).toMatchObject({ status: 'failed', errors: [{ code: 'account-unknown', line: expect.any(Number) }] });
  expect(job.result.errors).toEqual(job.errors);
});

test('refuses without a client account, access, a file, and what is too large, and keeps no file', async () => {
  const [books, others] = [await openBooks(), await openBooks()];
  const query = `?client_account_id=${books.clientAccountId}`;
  expect((await send(books.token, '', '<a/>')).status).toBe(400);
  expect((await send(books.token, '?client_account_id=x', '<a/>')).status).toBe(400);
  expect((await send(books.token, `${query}&bank_account_id=7`, '<a/>')).status).toBe(400);
  expect((await send(books.token, `${query}&year=2026`, '<a/>')).status).toBe(400);
  expect((await send(books.token, query, '')).status).toBe(400);
  expect((await send(books.token, `?client_account_id=${others.clientAccountId}`, '<a/>')).status).toBe(403);
  expect((await send(books.token, query, 'x'.repeat(1_000_001))).status).toBe(413);
  expect((await send(books.token, query, '{}', { 'content-type': 'application/json' })).status).toBe(415);
  expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
});
