import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { camt053 } from '../../src/demo/camt-file.ts';
import { addMonths, dateInNorway, startOfMonth } from '../../src/kernel/local-date.ts';
import { SafTFile } from '../support/saf-t-file.ts';
import { HeldBooks } from './held-books.ts';
import { HttpClient } from './http-client.ts';
import { Installation } from './installation.ts';
import { MailServer } from './mail-server.ts';
import { buildProgram, type NodeProcess } from './node-process.ts';
import { entry, post, PostingLoad } from './posting-load.ts';
import { until } from './until.ts';

/**
 * Two servers and a worker on one database, each with the smallest pool and a data folder of its own. The first server
 * does no background work: what is handed in there is done by others.
 */
const mails = new MailServer();
let installation: Installation;
let first: NodeProcess;
let second: NodeProcess;
let worker: NodeProcess;
let person: Awaited<ReturnType<Installation['newPerson']>>;
/** The same person at either server. */
let a: HttpClient;
let b: HttpClient;

const PATIENCE = 60_000;
const thisMonth = startOfMonth(dateInNorway(new Date()));
const DAY = addMonths(thisMonth, -3);

beforeAll(async () => {
  buildProgram();
  installation = await Installation.open({
    FILE_STORAGE: 'database',
    SMTP_URL: await mails.listen(),
    MAIL_FROM: 'regnskap@example.test',
    // Books are held for seconds here to know what waits for them.
    DATABASE_LOCK_SECONDS: '30',
  });
  // The database is empty: both want to make it at once.
  [first, second] = await Promise.all([installation.start('serve', 0), installation.start('serve', 1)]);
  worker = await installation.start('worker', 1);
  person = await installation.newPerson(first);
  a = person.client;
  b = a.at(second.address);
}, 120_000);

afterAll(async () => {
  await installation?.close();
  await mails.close();
});

async function newBooks(name = 'Node AS'): Promise<number> {
  const made = await a.must('POST', '/client-accounts', { display_name: name });
  return made.id as number;
}

/** The job as it ended, asked for at the other node. */
function finished(at: HttpClient, id: number) {
  return until(`the end of job ${id}`, async () => {
    const job = await at.must('GET', `/jobs/${id}`);
    return ['succeeded', 'failed'].includes(job.status) && job;
  }, PATIENCE);
}

async function sumOf(at: HttpClient, clientAccountId: number, account: string): Promise<string> {
  const report = await at.must(
    'GET',
    `/reports/trial-balance?client_account_id=${clientAccountId}&from_date=${DAY}&to_date=${dateInNorway(new Date())}`,
  );
  return (report.rows as any[]).find((row) => row.account_code === account)?.closing_balance;
}

function importSafT(at: HttpClient, file: SafTFile, target: string): Promise<any> {
  return at.must('POST', `/imports/saf-t?${target}`, file.toString(), { 'content-type': 'application/xml' });
}

test('a SAF-T file handed in at one node is imported by another', async () => {
  const file = new SafTFile({ organizationNumber: '999888777', transactions: 200 });
  const accepted = await importSafT(a, file, 'new=true');
  const job = await finished(b, accepted.id);
  expect(job).toMatchObject({ status: 'succeeded', attempts: 1 });
});
