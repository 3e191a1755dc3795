import { describe, expect, test } from 'vitest';
import { type Books, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { randomInvoices } from '../../../test/support/outside/random-invoices.ts';
import { type Connected, connect, MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import { PDF, withFiles } from '../../../test/support/http/upload.ts';
import { bankingRoutes } from '../../banking/index.ts';
import { type Invoice, withSums, writeInvoice } from '../../ehf/index.ts';
import { invoiceRoutes } from '../../invoices/index.ts';
import { AppError } from '../../platform/errors.ts';
import { mailRound } from './mail-round.ts';
import { mailTasks } from './mail-tasks.ts';

const clock = new MovingClock('2026-03-16T09:00:00Z');
const sandbox = await testSandbox(clock);
const plain = withFiles(testPlatform(clock));
const never = new AbortController().signal;

interface World extends Connected {
  books: Books;
  address: string;
  call: ReturnType<typeof callsOf>;
  round(): ReturnType<typeof mailRound>;
  received(): Promise<
    { channel: string; status: string; supplier_name: string | null; document_number: string | null }[]
  >;
}

const callsOf =
  (api: ReturnType<typeof apiOf>, books: Books) => async (method: string, path: string, body?: object) => {
    const answer = await api(method, path, books.token, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body;
  };

/** A client account with an address, and an empty mailbox. */
async function open({ timeoutMs = 10_000, environment = {} } = {}): Promise<World> {
  sandbox.reset();
  await sandbox.act('mail', 'reset');
  const connected = await connect(sandbox, clock, { timeoutMs, environment });
  const { logged } = connected;
  const keep = (...facts: unknown[]) => void logged.push(JSON.stringify(facts));
  const platform = { ...plain, log: { info: keep, warn: keep, error: keep }, outside: connected.outside };
  const books = await openBooks();
  const call = callsOf(apiOf([...bankingRoutes, ...invoiceRoutes], platform), books);
  const { address } = await call('POST', '/in-tray/address', { client_account_id: books.clientAccountId });
  return {
    ...connected,
    books,
    address,
    call,
    round: () => mailRound(platform, never),
    received: async () =>
      (await call('GET', `/received-invoices?client_account_id=${books.clientAccountId}`)).data.reverse(),
  };
}

interface File {
  name: string;
  type: string;
  content: string;
}

const file = (name: string, type: string, content: string | Buffer): File => ({
  name,
  type,
  content: Buffer.from(content).toString('base64'),
});
const pdf = (text = 'en regning') => file('regning.pdf', 'application/pdf', PDF(text));

const deliver = (to: string, files: File[], more: object = {}) =>
  sandbox.act('mail', 'deliver', { to, files, ...more });
const deliverRaw = (to: string, lines: string[]) =>
  sandbox.act('mail', 'deliver', { to, content: Buffer.from(lines.join('\r\n')).toString('base64') });

/** The number of mails in each folder. */
async function folders(): Promise<Record<string, number>> {
  const found = (await sandbox.act('mail', 'folders')) as Record<string, unknown[]>;
  return Object.fromEntries(Object.entries(found).map(([name, mails]) => [name, mails.length]));
}

/** A valid invoice that no other test uses. */
function ehf(number: string): string {
  const [first] = [...randomInvoices(11, 60, 2)].filter(
    ({ kind, currency }) => kind === 'Invoice' && currency === 'NOK',
  ) as [Invoice];
  return writeInvoice(withSums({ ...first, number, attachments: [] }));
}

describe('an address', () => {
  test('is the client account’s own, and another one takes its place', async () => {
    const { call, books, address } = await open();
    expect(address).toMatch(/^faktura\+[a-z2-9]{12}@sandbox\.example$/);
    const mine = `/in-tray?client_account_id=${books.clientAccountId}`;
    expect(await call('GET', mine)).toMatchObject({ address, is_connected: true });
    const { address: other } = await call('POST', '/in-tray/address', { client_account_id: books.clientAccountId });
    expect(other).not.toBe(address);
    expect((await call('GET', mine)).address).toBe(other);
  });

  test('is made only where mail is fetched', async () => {
    const books = await openBooks();
    const api = apiOf(invoiceRoutes, plain);
    const answer = await api('POST', '/in-tray/address', books.token, { client_account_id: books.clientAccountId });
    expect([answer.status, answer.body.details.code]).toEqual([503, 'outbound.not_configured']);
    const { body } = await api('GET', `/in-tray?client_account_id=${books.clientAccountId}`, books.token);
    expect(body).toEqual({ address: null, is_connected: false, created_at: null, created_by_id: null });
  });
});

describe('a mail', () => {
  const BAD = file('skadelig.exe', 'application/pdf', Buffer.from([0x4d, 0x5a, 0, 1, 2]));
  const PNG = Buffer.from('89504e470d0a1a0a0000000d', 'hex');
  test.each<[string, File[], string[], string]>([
    ['with a PDF', [pdf()], ['MANUAL'], 'Mottatt'],
    ['with two PDFs', [pdf('en'), pdf('to')], ['MANUAL', 'MANUAL'], 'Mottatt'],
    ['with the same PDF twice', [pdf(), pdf()], ['MANUAL'], 'Mottatt'],
    ['with an EHF', [file('f.xml', 'application/xml', ehf('M-1'))], ['NEW'], 'Mottatt'],
    ['with an EHF of an unknown kind', [file('f', 'application/octet-stream', ehf('M-2'))], ['NEW'], 'Mottatt'],
    ['with XML that is no invoice', [file('f.xml', 'text/xml', '<?xml version="1.0"?><a/>')], ['MANUAL'], 'Mottatt'],
    ['with a picture', [file('kvittering.png', 'image/png', PNG)], ['MANUAL'], 'Mottatt'],
    ['with a PDF and something else', [pdf(), BAD], ['MANUAL'], 'Mottatt'],
    ['with something else alone', [BAD], [], 'Til side'],
    ['without files', [], [], 'Til side'],
    ['with 31 PDFs', Array.from({ length: 31 }, (_, i) => pdf(String(i))), [], 'Til side'],
  ])('%s', async (_, files, statuses, folder) => {
    const { address, round, received } = await open();
    await deliver(address, files);
    const isTaken = folder === 'Mottatt';
    expect(await round()).toEqual({ taken: isTaken ? 1 : 0, aside: isTaken ? 0 : 1, left: 0 });
    const found = await received();
    expect(found.map(({ channel, status }) => [channel, status])).toEqual(statuses.map((status) => ['MAIL', status]));
    expect(await folders()).toEqual({ INBOX: 0, [folder]: 1 });
    expect(await round()).toEqual({ taken: 0, aside: 0, left: 0 });
  });

  test.each([
    ['without MOVE', ['UIDPLUS']],
    ['without MOVE and UIDPLUS', []],
  ])('is copied and deleted at a server %s', async (_, names) => {
    const { address, round, received } = await open();
    await sandbox.act('mail', 'capabilities', { names });
    await deliver(address, [pdf()]);
    expect(await round()).toMatchObject({ taken: 1 });
    expect([await folders(), (await received()).length]).toEqual([{ INBOX: 0, Mottatt: 1 }, 1]);
  });

  test('to nobody here is put aside, and the log has nothing of it', async () => {
    const { address, round, received, logged } = await open();
    await deliver('faktura+aaaaaaaaaaaa@sandbox.example', [pdf()], {
      subject: 'Hemmelig emne',
      from: 'kari@eks.example',
    });
    expect(await round()).toEqual({ taken: 0, aside: 1, left: 0 });
    expect([await folders(), await received()]).toEqual([{ INBOX: 0, 'Til side': 1 }, []]);
    expect(logged.join()).toContain('unknown_address');
    expect(logged.join()).not.toMatch(/Hemmelig|kari|aaaaaaaaaaaa|regning/);
    expect(address).not.toContain('aaaaaaaaaaaa');
  });

  test('is found by whom it was delivered to, and is for several', async () => {
    const [one, other] = [await open(), await open()];
    await deliverRaw(
      one.address.toUpperCase().replace('SANDBOX.EXAMPLE', 'sandbox.example').replace('FAKTURA', 'faktura'),
      [
        `To: "Faktura, alle" <${other.address.toUpperCase()}>, noen@eks.example`,
        'Subject: to',
        'Content-Type: application/pdf',
        'Content-Disposition: attachment; filename=a.pdf',
        '',
        PDF('for begge'),
      ],
    );
    expect(await other.round()).toMatchObject({ taken: 1 });
    expect([(await one.received()).length, (await other.received()).length]).toEqual([1, 1]);
  });

  test('that comes again, under another id too, changes nothing', async () => {
    const { address, round, received } = await open();
    const files = [pdf('samme'), file('f.xml', 'application/xml', ehf('M-3'))];
    await deliver(address, files, { messageId: 'en@eks.example' });
    await round();
    const before = await received();
    await deliver(address, files, { messageId: 'en@eks.example' });
    await deliver(address, files, { messageId: 'to@eks.example' });
    expect(await round()).toEqual({ taken: 2, aside: 0, left: 0 });
    expect(await received()).toEqual(before);
  });

  test('may have the id of another one', async () => {
    const { address, round, received } = await open();
    for (const text of ['den ene', 'den andre']) await deliver(address, [pdf(text)], { messageId: 'lik@eks.example' });
    expect(await round()).toMatchObject({ taken: 2 });
    expect((await received()).length).toBe(2);
  });

  test('whose invoice came before is a duplicate', async () => {
    const { address, round, received } = await open();
    await deliver(address, [file('f.xml', 'application/xml', ehf('M-4'))]);
    await deliver(address, [file('f.xml', 'application/xml', `${ehf('M-4')}\n`)]);
    await round();
    expect((await received()).map(({ status }) => status)).toEqual(['NEW', 'DUPLICATE']);
  });
});

describe('between the books and the mailbox', () => {
  test('a move that fails, or whose answer is lost, is made good by the next look', async () => {
    const { address, round, received } = await open();
    await deliver(address, [pdf()]);
    sandbox.fault({ party: 'mail', method: 'MOVE', times: 1, effect: { kind: 'reset' } });
    await expect(round()).rejects.toMatchObject({ code: 'outbound.unavailable' });
    const before = await received();
    expect([before.length, await folders()]).toEqual([1, { INBOX: 1, Mottatt: 0 }]);
    sandbox.fault({ party: 'mail', method: 'MOVE', times: 1, effect: { kind: 'reset', inBody: true } });
    await expect(round()).rejects.toMatchObject({ code: 'outbound.unavailable' });
    expect(await folders()).toEqual({ INBOX: 0, Mottatt: 1 });
    expect(await round()).toEqual({ taken: 0, aside: 0, left: 0 });
    expect(await received()).toEqual(before);
  });

  test('two nodes at once take each invoice once', async () => {
    const { address, round, received } = await open();
    for (let i = 0; i < 12; i++) await deliver(address, [pdf(`regning ${i}`)]);
    await Promise.allSettled([round(), round(), round()]);
    await round();
    expect([(await received()).length, (await folders())['INBOX']]).toEqual([12, 0]);
  });

  test('a busy house leaves the mail where it is', async () => {
    const { address, received, outside } = await open();
    await deliver(address, [pdf()]);
    const stage = () => Promise.reject(new Error('no room on the disk'));
    const files = { ...plain.files, stage };
    const failing = { ...plain, files, outside };
    expect(await mailRound(failing, never)).toEqual({ taken: 0, aside: 0, left: 1 });
    expect([await received(), await folders()]).toEqual([[], { INBOX: 1 }]);
  });
});

describe('a mailbox that', () => {
  test.each<[string, string, object, string]>([
    ['does not greet', 'CONNECT', { kind: 'never' }, 'outbound.too_slow'],
    ['breaks off at once', 'CONNECT', { kind: 'reset' }, 'outbound.unavailable'],
    ['speaks something else', 'CONNECT', { kind: 'nonsense' }, 'outbound.too_slow'],
    ['lets nobody in now', 'LOGIN', { kind: 'status', status: 503 }, 'outbound.unavailable'],
    ['hangs at the login', 'LOGIN', { kind: 'never' }, 'outbound.too_slow'],
    ['has no such folder', 'SELECT', { kind: 'status', status: 404 }, 'outbound.contract_broken'],
    ['hangs at the search', 'SEARCH', { kind: 'never' }, 'outbound.too_slow'],
    ['refuses the search', 'SEARCH', { kind: 'status', status: 503 }, 'outbound.contract_broken'],
    ['answers nonsense', 'SEARCH', { kind: 'nonsense' }, 'outbound.too_slow'],
    ['breaks off in a mail', 'FETCH', { kind: 'reset', inBody: true }, 'outbound.unavailable'],
    ['hangs in a mail', 'FETCH', { kind: 'never' }, 'outbound.too_slow'],
    ['gives half a mail', 'FETCH', { kind: 'half' }, 'outbound.unavailable'],
    ['answers nonsense for a mail', 'FETCH', { kind: 'nonsense' }, 'outbound.too_slow'],
    ['says a mail has a gigabyte', 'FETCH', { kind: 'big', bytes: 1_000_000_000 }, 'outbound.contract_broken'],
    ['says less than it sends', 'FETCH', { kind: 'big', bytes: 5 }, 'outbound.too_slow'],
  ])('%s is told, and nothing is taken in', async (_, step, effect, code) => {
    const { address, round, received } = await open({ timeoutMs: 400 });
    await deliver(address, [pdf()]);
    sandbox.fault({ party: 'mail', method: step, times: 1, effect: effect as never });
    const error = await round().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect([(error as AppError).code, await received()]).toEqual([code, []]);
    const after = await open({ timeoutMs: 10_000 });
    expect(await after.round()).toEqual({ taken: 0, aside: 0, left: 0 });
  });

  test('does not know us is told as such', async () => {
    const found = (await sandbox.act('mail', 'describe')) as { imap: string };
    const IN_TRAY_URL = found.imap.replace(/:[^:@]+@/, ':feil@');
    const { round, logged } = await open({ environment: { IN_TRAY_URL } });
    await expect(round()).rejects.toMatchObject({ code: 'outbound.credentials_refused' });
    expect(logged.join()).not.toContain('feil');
  });

  test('is down is the task’s to tell, and no failure of it', async () => {
    const { outside } = await open();
    const lines: string[] = [];
    const keep = (facts: object, message?: string) => void lines.push(`${message} ${JSON.stringify(facts)}`);
    const log = { info: keep, warn: keep, error: keep };
    sandbox.fault({ party: 'mail', method: 'CONNECT', times: 1, effect: { kind: 'reset' } });
    const [task] = mailTasks({ ...plain, log, outside });
    await task!.run({ signal: never } as never);
    expect(lines).toEqual(['mail inbox not reached {"code":"outbound.unavailable"}']);
    expect(mailTasks(plain)).toEqual([]);
  });

  test('is left at once when the node stops', async () => {
    const { outside } = await open();
    sandbox.fault({ party: 'mail', method: 'SEARCH', times: 1, effect: { kind: 'never' } });
    const stop = new AbortController();
    const round = mailRound({ ...plain, outside }, stop.signal);
    setTimeout(() => stop.abort(), 100);
    await expect(round).rejects.toMatchObject({ code: 'outbound.unavailable' });
  });
});

describe('a hostile mail', () => {
  const head = (to: string, type: string) => [`To: ${to}`, 'MIME-Version: 1.0', `Content-Type: ${type}`, ''];
  const part = ['Content-Type: application/pdf', 'Content-Disposition: attachment; filename=a.pdf', '', PDF('x'), ''];

  const nested = (depth: number): string[] =>
    Array.from({ length: depth }, (_, i) => [`Content-Type: multipart/mixed; boundary="b${i}"`, '', `--b${i}`]).flat();

  test.each<[string, (to: string) => string[], { taken: number; aside: number }, number]>([
    ['of parts in parts', (to) => [`To: ${to}`, ...nested(500), ...part], { taken: 0, aside: 1 }, 0],
    [
      'of a thousand files',
      (to) => [
        ...head(to, 'multipart/mixed; boundary=b'),
        ...Array.from({ length: 1000 }, () => ['--b', ...part]).flat(),
      ],
      { taken: 0, aside: 1 },
      0,
    ],
    [
      'of headers alone',
      (to) => [`To: ${to}`, ...Array.from({ length: 20_000 }, (_, i) => `X-${i}: ${'a'.repeat(60)}`), ''],
      { taken: 0, aside: 1 },
      0,
    ],
    [
      'of wrong encodings',
      (to) => [
        `Subject: =?x-unknown?B?////?= =?utf-8?Q?=ZZ?=`,
        ...head(to, 'multipart/mixed; boundary=b'),
        '--b',
        'Content-Type: application/pdf; charset=x-none',
        'Content-Transfer-Encoding: base64',
        "Content-Disposition: attachment; filename*=x-none''%FF%00.pdf",
        '',
        Buffer.from(PDF('ok')).toString('base64'),
        '--b',
        'Content-Type: application/pdf',
        'Content-Transfer-Encoding: base64',
        'Content-Disposition: attachment',
        '',
        '!!!! ikke base64 ====',
        '--b--',
      ],
      { taken: 1, aside: 0 },
      1,
    ],
    [
      'with lines in its names',
      (to) => [
        `Message-ID: <a\tb\u0000c@x>`,
        ...head(to, 'multipart/mixed; boundary=b'),
        '--b',
        'Content-Type: application/pdf',
        "Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fetc%0D%0ABcc:%20x%40y.pdf",
        '',
        PDF('navn'),
        '--b--',
      ],
      { taken: 1, aside: 0 },
      1,
    ],
    ['without an end', (to) => [...head(to, 'multipart/mixed; boundary=b'), '--b', ...part], { taken: 1, aside: 0 }, 1],
    ['that is nothing', () => ['\u0000\u0001\u0002'], { taken: 0, aside: 1 }, 0],
  ])('%s', async (_, lines, came, count) => {
    const { address, round, received } = await open();
    await deliverRaw(address, lines(address));
    expect(await round()).toEqual({ ...came, left: 0 });
    expect((await received()).length).toBe(count);
  });

  test('of 100 MB is not fetched', async () => {
    const { address, round, received } = await open();
    await deliver(address, [pdf()], { size: 100_000_000 });
    await deliver(address, [pdf('liten')]);
    expect(await round()).toEqual({ taken: 1, aside: 1, left: 0 });
    expect([(await received()).length, await folders()]).toEqual([1, { INBOX: 0, Mottatt: 1, 'Til side': 1 }]);
    expect(sandbox.journal.entries.filter(({ note }) => note?.startsWith('imap fetch')).length).toBe(1);
  });

  test('of many fills neither memory nor time', async () => {
    const { address, round, received } = await open();
    await deliverRaw(address, [
      ...head(address, 'multipart/mixed; boundary=b'),
      ...Array.from({ length: 200_000 }, () => ['--b', '', 'x']).flat(),
      '--b',
      ...part,
    ]);
    const begun = performance.now();
    await round();
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect((await received()).length).toBeLessThan(2);
  });
});
