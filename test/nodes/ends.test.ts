import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runningEmbedded } from '../../src/platform/database/embedded/embedded.ts';
import { SafTFile } from '../support/saf-t/saf-t-file.ts';
import { HeldBooks } from './held-books.ts';
import { HttpClient } from './http-client.ts';
import { newPerson } from './installation.ts';
import { buildProgram, NodeProcess, runCommand } from './node-process.ts';
import { PostingLoad } from './posting-load.ts';
import { until } from './until.ts';

/** One node with the embedded database, as `npm start` runs it, ended in both ways and started again on its data. */
const dataDir = mkdtempSync(join(tmpdir(), 'hb-ends-'));
chmodSync(dataDir, 0o755);
let node: NodeProcess;
let caller: HttpClient;
let books: number;

beforeAll(async () => {
  buildProgram();
  node = await NodeProcess.start('serve', {}, dataDir);
  const { token } = await newPerson(runningEmbedded(dataDir)!);
  caller = new HttpClient(node.address, { token });
  books = (await caller.must('POST', '/client-accounts', { display_name: 'Strøm AS' })).id as number;
}, 120_000);

afterAll(async () => {
  node.signal('SIGTERM');
  await node.ended(60_000);
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

const numbers = async () => {
  const found: number[] = [];
  for (let page = 1; ; page++) {
    const path = `/journal-entries?client_account_id=${books}&page=${page}&per_page=100`;
    const { data } = await caller.must('GET', path);
    found.push(...(data as { sequence_number: number }[]).map((one) => one.sequence_number));
    if (data.length < 100) return found.toSorted((x, y) => x - y);
  }
};

const verified = async () => {
  const { code, text } = await runCommand(['verify'], { DATA_DIR: dataDir });
  return [code, text.trim().split('\n').at(-1)];
};

let posted = 0;

/** Ends the node under load; callers without a response repeat their request once it is back. */
async function endedUnderLoad(end: () => Promise<void>): Promise<void> {
  const nodes = [caller];
  const load = new PostingLoad(nodes, books, '2026-03-02', 8);
  await load.more(60);
  await end();
  node = await NodeProcess.start('serve', {}, dataDir);
  nodes[0] = caller = caller.at(node.address);
  await load.more(60);
  posted += (await load.stop()).length;
}

test('after kill -9 of the node and its database every acknowledged entry is there, once', async () => {
  await endedUnderLoad(async () => {
    const server = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(server, 'SIGKILL');
    await node.kill();
  });
  expect(await numbers()).toEqual(Array.from({ length: posted }, (_, i) => i + 1));
  expect(await verified()).toEqual([0, expect.stringContaining('no difference')]);
}, 120_000);

test('SIGTERM while entries are posted and an import runs: it ends in time, and the next start goes on', async () => {
  const file = new SafTFile({ organizationNumber: '999888772', transactions: 300 });
  const target = (await caller.must('POST', '/client-accounts', { display_name: 'Hentet AS' })).id as number;
  let job = 0;
  await endedUnderLoad(async () => {
    const headers = { 'content-type': 'application/xml' };
    // In the middle of the import, because it waits for its books.
    const held = await HeldBooks.hold(runningEmbedded(dataDir)!, [target]);
    const path = `/imports/saf-t?client_account_id=${target}`;
    job = (await caller.must('POST', path, file.toString(), headers)).id as number;
    await held.waitedFor(1);
    node.signal('SIGTERM');
    // It ends nevertheless; the database disconnects the session that holds the lock.
    expect(await node.ended(90_000)).toBe(0);
    await held.release();
  });
  const done = await until('the end of the import', async () => {
    const found = await caller.must('GET', `/jobs/${job}`);
    return ['succeeded', 'failed'].includes(found.status) && found;
  });
  expect(done).toMatchObject({ status: 'succeeded', attempts: 1 });
  expect(await numbers()).toEqual(Array.from({ length: posted }, (_, i) => i + 1));
  expect(await verified()).toEqual([0, expect.stringContaining('no difference')]);
}, 120_000);
