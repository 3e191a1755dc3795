import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SafTFile } from '../support/saf-t/saf-t-file.ts';
import type { Answer, HttpClient } from './http-client.ts';
import { Installation } from './installation.ts';
import { buildProgram, type NodeProcess } from './node-process.ts';
import { ObjectStore } from './object-store.ts';
import { entry } from './posting-load.ts';
import { until } from './until.ts';

/** Two servers that share an object store, which is slow and fails; only the second one does jobs. */
const store = new ObjectStore();
let installation: Installation;
let second: NodeProcess;
let a: HttpClient;
let b: HttpClient;
let books: number;

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

beforeAll(async () => {
  buildProgram();
  installation = await Installation.open({
    FILE_STORAGE: 's3',
    S3_ENDPOINT: await store.listen(),
    S3_BUCKET: 'bilag',
    S3_ACCESS_KEY_ID: 'nokkel',
    S3_SECRET_ACCESS_KEY: 'hemmelig',
  });
  const first = await installation.start('serve', 0);
  second = await installation.start('serve', 1);
  a = (await installation.newPerson(first)).client;
  b = a.at(second.address);
  books = (await a.must('POST', '/client-accounts', { display_name: 'Lager AS' })).id as number;
}, 120_000);

afterAll(async () => {
  await installation?.close();
  await store.close();
});

/** As a client sends: again under the same key, to the next node, until there is a response. */
async function upload(nodes: readonly HttpClient[], content: string): Promise<number> {
  const key = randomUUID();
  let turn = 0;
  const done = await until('an answer to an upload', async () => {
    const form = new FormData();
    form.append('client_account_id', String(books));
    form.append('file', new Blob([content], { type: 'application/pdf' }), 'bilag.pdf');
    const node = nodes[turn++ % nodes.length]!;
    const answer = await node
      .send('POST', '/files', { body: form, headers: { 'idempotency-key': key } })
      .catch(() => undefined as Answer | undefined);
    if (answer && answer.status !== 503) expect(answer.status, answer.text).toBe(201);
    return answer?.status === 201 && answer;
  });
  return done.body.id as number;
}

/** The whole content; an interrupted download is requested again. */
async function download(node: HttpClient, id: number): Promise<string> {
  const done = await until('a whole download', async () => {
    const answer = await node.get(`/files/${id}/download`).catch(() => undefined);
    return answer?.status === 200 && answer;
  });
  return done.text;
}

const pdf = (text: string) => `%PDF-1.7\n${text.repeat(5_000)}\n%%EOF\n`;

const importSafT = (target: string) =>
  a.send('POST', `/imports/saf-t?${target}`, {
    body: new SafTFile({ organizationNumber: '999888773', transactions: 100 }).toString(),
    headers: { 'content-type': 'application/xml' },
  });

function finished(id: number): Promise<any> {
  return until(
    `the end of job ${id}`,
    async () => {
      const job = await a.must('GET', `/jobs/${id}`);
      return ['succeeded', 'failed'].includes(job.status) && job;
    },
    60_000,
  );
}

test('vouchers handed in at one node are read at the other, whole', async () => {
  const contents = upTo(16).map((i) => pdf(`bilag ${i} `));
  const ids = await Promise.all(contents.map((content, i) => upload(i % 2 ? [a, b] : [b, a], content)));
  store.halves = 3;
  const read = await Promise.all(ids.map((id, i) => download(i % 2 ? b : a, id)));
  for (const [i, text] of read.entries()) expect(text === contents[i], `voucher ${i}`).toBe(true);
  expect(store.faults).toBeGreaterThan(10);
}, 60_000);

test('an import whose file breaks off on its way from the store is begun again', async () => {
  store.halves = 1;
  const accepted = await importSafT('new=true');
  expect(accepted.status, accepted.text).toBe(202);
  expect(await finished(accepted.body.id)).toMatchObject({ status: 'succeeded', attempts: 2 });
}, 90_000);

test('while the store is gone uploads are told to come again, and everything else goes on', async () => {
  store.down = true;
  try {
    const refused = await importSafT('new=true');
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
    const [posted] = await Promise.all([
      b.send('POST', '/journal-entries', { body: entry(books, '2026-03-02', '1.00') }),
      ...upTo(8).map(async () => expect((await importSafT('new=true')).status).toBe(503)),
    ]);
    expect(posted.status).toBe(201);
    expect((await a.get('page:/')).status).toBe(200);
  } finally {
    store.down = false;
  }
}, 60_000);

test('a node killed in the middle of an upload and of an import leaves neither half done', async () => {
  const target = (await a.must('POST', '/client-accounts', { display_name: 'Drept AS' })).id as number;
  const read = store.hold('GET');
  const accepted = await importSafT(`client_account_id=${target}`);
  expect(accepted.status, accepted.text).toBe(202);
  await read.reached();
  const written = store.hold('PUT');
  const content = pdf('midt i ');
  const uploading = upload([b, a], content);
  await written.reached();
  await second.kill();
  read.release();
  written.release();
  expect(await download(a, await uploading)).toBe(content);
  await installation.start('worker', 1);
  expect(await finished(accepted.body.id)).toMatchObject({ status: 'succeeded', attempts: 2 });
  const [count] = await installation.rows<{ count: number }>(
    'select count(*)::int as count from journal_entries where client_account_id = $1',
    [target],
  );
  expect(count!.count).toBe(101);
}, 120_000);

test('after all of it the books are proven', async () => {
  const { code, text } = await installation.verify();
  expect([code, text.trim().split('\n').at(-1)]).toEqual([0, expect.stringContaining('no difference')]);
}, 60_000);
