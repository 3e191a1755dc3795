import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { Api, type Answer } from '../../test/support/api.ts';
import { houseAccount } from '../../test/support/bank-import.ts';
import { openBooks, testPlatform } from '../../test/support/books.ts';
import { testOwnerConnection } from '../../test/support/database.ts';
import { openJobs, type TestJobs } from '../../test/support/jobs.ts';
import { asOwner } from '../../test/support/people.ts';
import { SafTFile, withFault } from '../../test/support/saf-t-file.ts';
import { withFiles } from '../../test/support/upload.ts';
import { bankImportJob, bankingRoutes } from '../banking/index.ts';
import { documentsRoutes } from '../documents/index.ts';
import { camt053 } from '../demo/camt-file.ts';
import type { ImportThreadData } from './import-thread-data.ts';
import { readConfig } from '../platform/config.ts';
import { DEFAULT_LIMITS } from '../platform/database/limits.ts';
import { fileStoreConfig } from '../platform/files/file-store.ts';
import { importThreadErrors } from '../platform/jobs/errors.ts';
import { jobRoutes } from '../platform/jobs/jobs.routes.ts';
import { RenderingThreads, type RenderingThreadsOptions } from '../platform/rendering/rendering-threads.ts';
import { importJob, safTImportRoutes } from '../saf-t-import/index.ts';

const platform = withFiles(testPlatform());
let jobs: TestJobs;
let api: Api;
let threads: RenderingThreads;
beforeAll(async () => {
  jobs = await openJobs(platform, [importJob(platform), bankImportJob(platform)], {
    prefix: 'import-threads',
    maxBytes: 9_000_000,
  });
  api = new Api(platform, [...safTImportRoutes, ...bankingRoutes, ...documentsRoutes, ...jobRoutes]);
});
afterEach(() => threads.close());
afterAll(async () => {
  await jobs.close();
  await api.close();
});

/** The server's program, or a test program in which each SAF-T import ends its thread and each bank import is slow. */
function open(overrides: Partial<RenderingThreadsOptions> = {}, program = 'import-thread'): void {
  const data: ImportThreadData = {
    connection: testOwnerConnection(),
    limits: DEFAULT_LIMITS,
    files: fileStoreConfig(readConfig({})),
    dataDir: platform.folder,
  };
  threads = new RenderingThreads({
    file: join(inject('threadPrograms'), `${program}.js`),
    data,
    threads: 2,
    queue: 10,
    seconds: 60,
    backgroundSeconds: 60,
    memoryMegabytes: 256,
    errors: importThreadErrors,
    log: { info() {}, warn() {}, error() {} },
    ...overrides,
  });
  platform.imports = threads;
}

async function sent(token: string, path: string, body: string): Promise<number> {
  const answer = await api.call('POST', `/api/v2${path}`, {
    token,
    body,
    headers: { 'content-type': 'application/xml' },
  });
  expect(answer).toMatchObject({ status: 202 });
  return answer.body.id;
}

async function ended(token: string, id: number): Promise<Answer['body']> {
  await jobs.run();
  return (await api.as(token).get(`/jobs/${id}`)).body;
}

test('a SAF-T file is taken in on a thread, and the new client account is there at once', async () => {
  open();
  const { token } = await openBooks();
  const file = new SafTFile({ transactions: 40, seed: 17, organizationNumber: '923609016' });
  const job = await ended(token, await sent(token, '/imports/saf-t?new=true&file_name=bok.xml', file.toString()));
  expect(job).toMatchObject({ status: 'succeeded', progress: 100, result: { counts: { entries: 41 } } });
  expect(threads.load).toMatchObject({ running: 0, done: 1, failed: 0 });
  const again = await sent(token, `/imports/saf-t?client_account_id=${job.client_account_id}`, file.toString());
  expect(await ended(token, again)).toMatchObject({ status: 'succeeded', result: { already_imported: true } });
});

test('its faults come back with their places', async () => {
  open();
  const { token } = await openBooks();
  const { xml, line } = withFault(new SafTFile({ transactions: 8, seed: 8 }).toString(), '<Period>1<', '<Period>jan<');
  const job = await ended(token, await sent(token, '/imports/saf-t?new=1', xml));
  expect(job).toMatchObject({ status: 'failed', result: { error_count: 1 } });
  expect(job.errors[0]).toMatchObject({ code: 'number-malformed', line, voucher: 'S1', found: 'jan' });
});

const bankFile = [
  ...camt053('M', { iban: 'NO5315034011238', ownerName: 'Oss', bic: 'DNBANOKK' }, [
    {
      id: 'S',
      number: 1,
      from: '2026-03-02',
      to: '2026-03-02',
      opening: 1_000n,
      closing: 1_100n,
      entries: [
        {
          date: '2026-03-02',
          amount: 100n,
          text: 'Rente',
          reference: 'R1',
          counterparty: null,
          counterpartyAccount: null,
          kid: null,
        },
      ],
    },
  ]),
].join('');

test('a bank file is taken in on a thread and kept', async () => {
  open();
  const books = await openBooks();
  await houseAccount(books, '15034011238');
  const path = `/banking/imports?client_account_id=${books.clientAccountId}&file_name=mars.xml`;
  const job = await ended(books.token, await sent(books.token, path, bankFile));
  expect(job).toMatchObject({ status: 'succeeded', result: { counts: { imported: 1, refused: 0 } } });
  expect(threads.load.done).toBe(1);
  const kept = await api.as(books.token).get(`/files/${job.result.file_id}/download`);
  expect(kept).toMatchObject({ status: 200, body: bankFile });
});

const standing = async (id: number) =>
  (await asOwner('select status, attempts, crashes, last_error from jobs where id = $1', [id])).rows[0];

test('a thread that dies takes its own job with it, which counts as an attempt', async () => {
  open({}, 'trial-thread');
  const books = await openBooks();
  const dying = await sent(books.token, '/imports/saf-t?new=true', '<a/>');
  const path = `/banking/imports?client_account_id=${books.clientAccountId}`;
  const slow = await sent(books.token, path, bankFile);
  await jobs.run();
  expect(await standing(dying)).toMatchObject({
    status: 'queued',
    attempts: 1,
    crashes: 0,
    last_error: { code: 'jobs.broke_off' },
  });
  expect(await standing(slow)).toMatchObject({ status: 'succeeded', attempts: 1 });
});

test('one that takes too long breaks off with the reason, and nothing of it stays', async () => {
  const books = await openBooks();
  const xml = new SafTFile({ transactions: 3_000, seed: 5 }).toString();
  open({ seconds: 0.05 });
  const tooSlow = await sent(books.token, `/imports/saf-t?client_account_id=${books.clientAccountId}`, xml);
  await jobs.run();
  expect(await standing(tooSlow)).toMatchObject({
    status: 'queued',
    attempts: 1,
    last_error: { code: 'imports.too_slow' },
  });
  const { rows } = await asOwner('select count(*)::int as entries from journal_entries where client_account_id = $1', [
    books.clientAccountId,
  ]);
  expect(rows).toEqual([{ entries: 0 }]);
});

test('an import that is told to stop breaks off soon', async () => {
  open();
  const books = await openBooks();
  const upload = await platform.files.stage(once(new SafTFile({ transactions: 3_000, seed: 6 }).toString()));
  const stopping = new AbortController();
  const run = importJob(platform).run({
    jobId: 0,
    userId: books.userId,
    clientAccountId: books.clientAccountId,
    input: { file_name: 'x.xml', client_account_id: books.clientAccountId, request_id: null },
    upload,
    attempt: 1,
    progress: () => stopping.abort(),
    signal: stopping.signal,
  });
  await expect(run).rejects.toMatchObject({ code: 'imports.left' });
  await upload.discard();
});

async function* once(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content);
}
