import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { camt053 } from '../../src/demo/camt-file.ts';
import { addMonths, dateInNorway, startOfMonth } from '../../src/kernel/local-date.ts';
import { SafTFile } from '../support/saf-t/saf-t-file.ts';
import { HeldBooks } from './held-books.ts';
import { HttpClient } from './http-client.ts';
import { Installation } from './installation.ts';
import { MailServer } from './mail-server.ts';
import { buildProgram, type NodeProcess } from './node-process.ts';
import { entry, post, PostingLoad } from './posting-load.ts';
import { until } from './until.ts';

/**
 * Two servers and a worker on one database, each with the smallest pool and a separate data folder. The first server
 * does no background work: its jobs run on the others.
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
  // The database is empty: both try to create the schema at the same time.
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

/** The finished job, requested from the other node. */
function finished(at: HttpClient, id: number) {
  return until(
    `the end of job ${id}`,
    async () => {
      const job = await at.must('GET', `/jobs/${id}`);
      return ['succeeded', 'failed'].includes(job.status) && job;
    },
    PATIENCE,
  );
}

/** Rows of the trial balance by account: the final balances. */
async function balances(at: HttpClient, clientAccountId: number): Promise<Record<string, number>> {
  const range = `date_from=${DAY}&date_to=${dateInNorway(new Date())}`;
  const path = `/reports/trial-balance?client_account_id=${clientAccountId}&format=json&${range}`;
  const { rows } = await at.must('GET', path);
  return Object.fromEntries((rows as any[]).map((row) => [row.account_code, row.outgoing_balance]));
}

async function numbersOf(clientAccountId: number): Promise<number[]> {
  const rows = await installation.rows<{ no: number }>(
    'select sequence_number::int as no from journal_entries where client_account_id = $1 order by 1',
    [clientAccountId],
  );
  return rows.map(({ no }) => no);
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

function importSafT(at: HttpClient, file: SafTFile, target: string): Promise<any> {
  return at.must('POST', `/imports/saf-t?${target}`, file.toString(), { 'content-type': 'application/xml' });
}

test('a SAF-T file handed in at one node is imported by another', async () => {
  const file = new SafTFile({ organizationNumber: '999888777', transactions: 200 });
  const job = await finished(b, (await importSafT(a, file, 'new=true')).id);
  expect(job).toMatchObject({ status: 'succeeded', attempts: 1 });
  expect(await numbersOf(job.client_account_id)).not.toEqual([]);
}, 60_000);

test('a bank file handed in at one node is imported by another, and the file read at the other', async () => {
  const books = await newBooks();
  const account = { client_account_id: books, type: 'CURRENT', bban: '15034011238', bank_country: 'NO' };
  await b.must('POST', '/bank-accounts', account);
  const payment = { text: 'Rente', counterparty: null, counterpartyAccount: null, kid: null };
  const entries = upTo(50).map((i) => ({ ...payment, date: DAY, amount: 100n, reference: `R${i}` }));
  const statement = { id: 'S', number: 1, from: DAY, to: DAY, opening: 1_000n, closing: 6_000n, entries };
  const file = [...camt053('M', { iban: 'NO5315034011238', ownerName: 'Oss', bic: 'DNBANOKK' }, [statement])].join('');
  const type = { 'content-type': 'application/xml' };
  const accepted = await a.must('POST', `/banking/imports?client_account_id=${books}`, file, type);
  const job = await finished(b, accepted.id);
  expect(job).toMatchObject({ status: 'succeeded', result: { counts: { imported: 50, refused: 0 } } });
  for (const node of [a, b]) expect((await node.get(`/files/${job.result.file_id}/download`)).text).toBe(file);
}, 60_000);

test('entries posted at both nodes at once have gapless numbers and right totals', async () => {
  const books = await newBooks();
  const load = new PostingLoad([a, b], books, DAY, 12);
  await load.more(240);
  const acknowledged = await load.stop();
  expect(await numbersOf(books)).toEqual(upTo(acknowledged.length));
  expect(acknowledged.map((one) => one.sequence_number).toSorted((x, y) => x - y)).toEqual(upTo(acknowledged.length));
  for (const node of [a, b])
    expect(await balances(node, books)).toEqual({ 1920: -acknowledged.length, 7770: acknowledged.length });
}, 60_000);

test('a key used at both nodes at once is one entry', async () => {
  const books = await newBooks();
  const body = entry(books, DAY, '3.00');
  const keys = upTo(30).map(() => randomUUID());
  const pairs = await Promise.all(
    keys.map((key) => Promise.all([a, b].map((node) => until('an answer', () => post(node, body, key))))),
  );
  for (const [one, other] of pairs) expect(one).toEqual(other);
  expect(await numbersOf(books)).toEqual(upTo(keys.length));
}, 60_000);

test('a VAT code changed at one node is what the next posting at the other uses', async () => {
  const books = await newBooks();
  const code = { client_account_id: books, code: '1F', standard_code: '1', description_nob: 'Fordelt' };
  const { id } = await a.must('POST', '/tax-codes', { ...code, deduction_percent: '1' });
  const purchase = {
    client_account_id: books,
    entry_date: DAY,
    lines: [
      { account_code: '6800', debit: '1250.00', tax_code: '1F', amount_basis: 'gross' },
      { account_code: '1920', credit: '1250.00' },
    ],
  };
  for (const percent of upTo(20)) {
    const [changing, posting] = percent % 2 ? [a, b] : [b, a];
    await changing.must('PUT', `/tax-codes/${id}`, { client_account_id: books, deduction_percent: String(percent) });
    const posted = await posting.must('POST', '/journal-entries', purchase);
    const { lines } = await posting.must('GET', `/journal-entries/${posted.id}`);
    const input = (lines as any[]).filter((line) => line.account_code === '2710').map((line) => line.debit);
    expect(input, `${percent} %`).toEqual([(2.5 * percent).toFixed(2)]);
  }
}, 60_000);

test('depreciation that several nodes find due is posted once', async () => {
  const books = await newBooks();
  const asset = await a.must('POST', '/assets', {
    client_account_id: books,
    name: 'Maskin',
    asset_class: 'MACHINERY_AND_PLANT',
    acquisition_date: DAY,
    autonomy_level: 'FULL',
  });
  await a.must('POST', '/journal-entries', {
    client_account_id: books,
    entry_date: DAY,
    lines: [
      { account_code: '1200', debit: '36000.00', dimensions: [{ type: 'asset', id: asset.id }] },
      { account_code: '1920', credit: '36000.00' },
    ],
  });
  await a.must('PUT', `/assets/${asset.id}/depreciation-plan`, { method: 'linear', life_months: 36 });
  // Tasks that the schedule adds every quarter of an hour, and the same task many times, so that both nodes take it at once.
  await installation.rows(`select graphile_worker.add_job('depreciation_due')`);
  await installation.rows(
    `select graphile_worker.add_job('depreciation', json_build_object('client_account_id', $1::bigint))
     from generate_series(1, 10)`,
    [books],
  );
  await until('no depreciation left to do', async () => {
    const left = await installation.rows(
      `select 1 from graphile_worker.jobs where task_identifier like 'depreciation%'`,
    );
    return left.length === 0;
  });
  const { data } = await b.must('GET', `/depreciation-runs?client_account_id=${books}`);
  expect((data as any[]).map(({ status, total, is_automatic }) => ({ status, total, is_automatic }))).toEqual([
    { status: 'posted', total: '3000.00', is_automatic: true },
  ]);
  expect(await numbersOf(books)).toEqual([1, 2]);
}, 60_000);

test('who signed in at one node is known at the other, until a new password ends that', async () => {
  const books = await newBooks('Innlogget AS');
  const signIn = async (at: HttpClient, password: string) => {
    const answer = await new HttpClient(at.address).send('POST', '/sessions', {
      body: { email: person.email, password },
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0];
    return { status: answer.status, session: new HttpClient(at.address, cookie ? { cookie } : {}) };
  };
  const { session } = await signIn(a, person.password);
  const { session: other } = await signIn(b, person.password);
  for (const { address } of [a, b]) {
    const start = await session.at(address).get('page:/');
    expect([start.status, start.text.includes('Innlogget AS')]).toEqual([200, true]);
    const page = await session.at(address).get(`page:/client-accounts/${books}/trial-balance`);
    expect([page.status, page.text.includes('Innlogget AS')]).toEqual([200, true]);
    expect((await other.at(address).get('/users/me')).status).toBe(200);
  }
  const changed = {
    current_password: person.password,
    new_password: 'et nytt langt passord',
    keep_access_tokens: true,
  };
  await session.must('PATCH', '/users/me', changed, { 'sec-fetch-site': 'same-origin' });
  for (const { address } of [a, b]) {
    await until('the end of the other session', async () => (await other.at(address).get('/users/me')).status === 401);
    expect((await session.at(address).get('/users/me')).status).toBe(200);
  }
  expect((await signIn(b, person.password)).status).toBe(401);
  expect((await signIn(b, 'et nytt langt passord')).status).toBe(201);
}, 60_000);

test('each mail is sent once', async () => {
  const books = await newBooks();
  const recipients = upTo(30).map((i) => `mottaker-${i}-${books}@example.test`);
  await Promise.all(
    recipients.map((email, i) =>
      (i % 2 ? a : b).must('POST', '/invitations', { client_account_id: books, email, role_id: 1 }),
    ),
  );
  await until('all mails sent', async () => {
    const waiting = await installation.rows('select 1 from mail_outbox where sent_at is null');
    return waiting.length === 0;
  });
  expect(recipients.map((email) => mails.received.get(email))).toEqual(recipients.map(() => 1));
}, 60_000);

test('a document made as a job is fetched at every node, by many at once on the smallest pool', async () => {
  const books = await newBooks();
  await a.must('POST', '/journal-entries', entry(books, DAY, '5.00'));
  const path = `/reports/trial-balance?client_account_id=${books}&date_from=${DAY}&date_to=${DAY}&format=pdf`;
  const accepted = await a.send('GET', path, { headers: { prefer: 'respond-async' } });
  expect(accepted.status).toBe(202);
  const job = await finished(b, accepted.body.id);
  expect(job).toMatchObject({ status: 'succeeded' });
  const content = await b.get(`/jobs/${job.id}/file`);
  expect(content.text.slice(0, 5)).toBe('%PDF-');
  const many = await Promise.all(upTo(60).map(() => a.get(`/jobs/${job.id}/file`)));
  expect(new Set(many.map(({ status }) => status))).toEqual(new Set([200]));
  for (const one of many) expect(one.bytes.equals(content.bytes)).toBe(true);
  expect((await a.get('/users/me')).status).toBe(200);
}, 60_000);

test('an import whose worker is killed in the middle is finished by another', async () => {
  const [one, two] = [await newBooks(), await newBooks()];
  const held = await HeldBooks.hold(installation.connection, [one, two]);
  const file = (organizationNumber: string) => new SafTFile({ organizationNumber, transactions: 300 });
  // One for the worker, one for the second server: each does one job at a time.
  const accepted = [
    await importSafT(a, file('999888776'), `client_account_id=${one}`),
    await importSafT(a, file('999888775'), `client_account_id=${two}`),
  ];
  try {
    await held.waitedFor(2);
    await worker.kill();
  } finally {
    await held.release();
  }
  const jobs = await Promise.all(accepted.map(({ id }) => finished(a, id)));
  expect(jobs.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
  expect(jobs.map(({ attempts }) => attempts as number).toSorted((x, y) => x - y)).toEqual([1, 2]);
  expect(await numbersOf(one)).toEqual(await numbersOf(two));
  expect(await balances(b, one)).toEqual(await balances(a, two));
}, 90_000);

test('a node asked to end while entries are posted and a job runs loses none of them', async () => {
  const [books, imported] = [await newBooks(), await newBooks()];
  const held = await HeldBooks.hold(installation.connection, [imported]);
  const accepted = await importSafT(
    a,
    new SafTFile({ organizationNumber: '999888774', transactions: 300 }),
    `client_account_id=${imported}`,
  );
  // The second server is the only one left that does jobs.
  await held.waitedFor(1);
  const load = new PostingLoad([a, b], books, DAY, 8);
  try {
    await load.more(80);
    second.signal('SIGTERM');
    await load.more(80);
  } finally {
    await held.release();
  }
  expect(await second.ended(90_000)).toBe(0);
  worker = await installation.start('worker', 1);
  await load.more(80);
  const acknowledged = await load.stop();
  expect(await numbersOf(books)).toEqual(upTo(acknowledged.length));
  const posted = await installation.rows<{ id: string; no: number }>(
    'select id, sequence_number::int as no from journal_entries where client_account_id = $1',
    [books],
  );
  const found = new Map(posted.map(({ id, no }) => [Number(id), no]));
  for (const { id, sequence_number } of acknowledged) expect(found.get(id)).toBe(sequence_number);
  expect(await finished(a, accepted.id)).toMatchObject({ status: 'succeeded' });
}, 120_000);

test('after all of it the books are proven', async () => {
  const { code, text } = await installation.verify();
  expect([code, text.trim().split('\n').at(-1)]).toEqual([0, expect.stringContaining('no difference')]);
}, 60_000);
