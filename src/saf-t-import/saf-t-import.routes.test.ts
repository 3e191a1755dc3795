import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Api, type Answer } from '../../test/support/http/api.ts';
import { openJobs, type TestJobs } from '../../test/support/server/jobs.ts';
import { People } from '../../test/support/books/people.ts';
import { SafTFile, withFault } from '../../test/support/saf-t/saf-t-file.ts';
import { withFiles } from '../../test/support/http/upload.ts';
import { jobRoutes } from '../platform/jobs/jobs.routes.ts';
import { importJob } from './import-job.ts';
import { safTImportRoutes } from './saf-t-import.routes.ts';

const people = new People();
const platform = withFiles(people.platform);
const { folder } = platform;
let jobs: TestJobs;
let api: Api;
let token: string;

beforeAll(async () => {
  jobs = await openJobs(platform, [importJob(platform)], { prefix: 'saf-t-import', maxBytes: 5_000_000 });
  api = new Api(platform, [...safTImportRoutes, ...jobRoutes]);
  token = await people.token((await people.user()).id);
});
afterAll(async () => {
  await jobs.close();
  await api.close();
  await people.close();
});

function send(query: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  return api.call('POST', `/api/v2/imports/saf-t${query}`, {
    token,
    body,
    headers: { 'content-type': 'application/xml', ...headers },
  });
}

async function ended(id: number): Promise<Answer['body']> {
  await jobs.run();
  return (await api.as(token).get(`/jobs/${id}`)).body;
}

it('takes in a file, answers with a job, and the job tells how it went', async () => {
  const file = new SafTFile({ transactions: 40, organizationNumber: '923609016' });
  const accepted = await send('?new=true&file_name=bok.xml', file.toString());
  expect(accepted).toMatchObject({
    status: 202,
    body: { status: 'queued', progress: 0, kind: 'import_saf_t', result: null },
  });
  const job = await ended(accepted.body.id);
  expect(job).toMatchObject({
    status: 'succeeded',
    progress: 100,
    errors: null,
    result: { already_imported: false, version: '1.30', counts: { entries: 41 }, warnings: [] },
  });
  expect(job.client_account_id).toBe(job.result.client_account_id);
  expect(readdirSync(join(folder, 'incoming'))).toEqual([]);

  const again = await send(`?client_account_id=${job.client_account_id}`, file.toString());
  expect(await ended(again.body.id)).toMatchObject({ status: 'succeeded', result: { already_imported: true } });
});

it('tells every fault of a refused file in the result and as errors', async () => {
  const { xml, line } = withFault(new SafTFile({ transactions: 8, seed: 8 }).toString(), '<Period>1<', '<Period>jan<');
  const accepted = await send('?new=1', xml);
  const job = await ended(accepted.body.id);
  expect(job).toMatchObject({ status: 'failed', client_account_id: null, result: { error_count: 1 } });
  expect(job.errors[0]).toMatchObject({ code: 'number-malformed', line, voucher: 'S1', found: 'jan' });
  expect(job.result.errors).toEqual(job.errors);
});

it('refuses without a target, with two, without a file, without access, and what is too large, and keeps no file', async () => {
  const stranger = await people.clientAccount((await people.user()).id);
  expect((await send('', '<a/>')).status).toBe(400);
  expect((await send(`?new=true&client_account_id=${stranger}`, '<a/>')).status).toBe(403);
  expect((await send('?new=true&year=2025', '<a/>')).status).toBe(400);
  expect((await send('?new=true', '')).status).toBe(400);
  expect((await send(`?client_account_id=${stranger}`, '<a/>')).status).toBe(403);
  expect((await send('?new=true', 'x'.repeat(5_000_001))).status).toBe(413);
  expect((await send('?new=true', '{}', { 'content-type': 'application/json' })).status).toBe(415);
  expect(
    (
      await api.call('POST', '/api/v2/imports/saf-t?new=true', {
        body: '<a/>',
        headers: { 'content-type': 'text/xml' },
      })
    ).status,
  ).toBe(401);
  expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
});

it('the same Idempotency-Key with the same file is one job', async () => {
  const xml = new SafTFile({ transactions: 4, seed: 77 }).toString();
  const first = await send('?new=true', xml, { 'idempotency-key': 'once' });
  const second = await send('?new=true', xml, { 'idempotency-key': 'once' });
  expect(second.headers['idempotent-replayed']).toBe('true');
  expect(second.body.id).toBe(first.body.id);
  expect((await send('?new=true', xml + '\n', { 'idempotency-key': 'once' })).status).toBe(409);
  await ended(first.body.id);
});

it('a job of somebody else is refused', async () => {
  const accepted = await send('?new=true', new SafTFile({ transactions: 4, seed: 78 }).toString());
  const other = await people.token((await people.user()).id);
  expect((await api.as(other).get(`/jobs/${accepted.body.id}`)).status).toBe(403);
  expect((await api.as(other).get('/jobs/999999999')).status).toBe(404);
  await ended(accepted.body.id);
});
