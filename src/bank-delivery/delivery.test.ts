import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { beforeEach, describe, expect, test } from 'vitest';
import { read, write } from '../../test/support/bank/bank.ts';
import { findings } from '../../test/support/bank/bank-findings.ts';
import { connectMailboxes, openAtBank, type Provider } from '../../test/support/bank/bank-mailbox.ts';
import type { Books } from '../../test/support/books/books.ts';
import { apiOf } from '../../test/support/http/domain-api.ts';
import { accountNumber, connectBank, openAccount, openPayer, type Payer } from '../../test/support/bank/payments.ts';
import { MovingClock, testSandbox } from '../../test/support/outside/sandbox.ts';
import { zipOf } from '../../test/support/files/zip-of.ts';
import { bankingRoutes } from '../banking/index.ts';
import type { Mailbox } from '../integrations/index.ts';
import { makeKid } from '../kernel/kid.ts';
import { isWorkingDay } from '../kernel/working-days.ts';
import { paymentRoutes } from '../payments/index.ts';
import { deliveryRoutes } from './deliveries.routes.ts';
import { deliveryRound } from './delivery-round.ts';

// A Monday, ten o'clock in Norway.
const clock = new MovingClock('2026-03-16T09:00:00Z');
const sandbox = await testSandbox(clock);
const delivery = await connectMailboxes(sandbox, clock);
const { platform } = delivery;
const api = apiOf([...paymentRoutes, ...bankingRoutes, ...deliveryRoutes], platform);
beforeEach(async () => {
  sandbox.reset();
  await act('reset');
  morning();
});

const MINUTE = 60;
const DAY = 86_400;
const act = (action: string, input: Record<string, unknown> = {}) => sandbox.act('bank', action, input);
const signal = new AbortController().signal;

/** Ten o'clock of the next banking day. */
function morning(): void {
  do clock.pass(DAY);
  while (!isWorkingDay(today()));
  clock.pass((Date.parse(`${today()}T09:00:00Z`) - clock.now().getTime()) / 1000);
}

/** Waits long enough for a file to count as complete, then runs a round. */
async function look(provider: Provider = 'tietoevry'): Promise<void> {
  clock.pass(6 * MINUTE);
  await delivery.fetch(provider);
}

async function lookNextDay(provider: Provider = 'tietoevry'): Promise<void> {
  morning();
  await delivery.fetch(provider);
}

async function payer(provider: Provider = 'tietoevry', more: object = {}): Promise<Payer> {
  const opened = await openPayer({ provider, clock, ...more });
  await openAtBank(sandbox, opened);
  return opened;
}

const today = () => clock.now().toISOString().slice(0, 10);

/** An approved order that pays a bill. */
async function ordered(from: Payer, bills: readonly number[], kid: string | null = null) {
  const supplier = await from.supplier();
  const made = [];
  for (const amount of bills)
    made.push(
      await from.bill(supplier, amount, {
        due_date: '2026-03-10',
        document_date: '2026-02-01',
        payment_reference: kid,
      }),
    );
  const { body } = await api('POST', '/payment-orders', from.books.token, {
    client_account_id: from.books.clientAccountId,
    bank_account_id: from.bankAccountId,
    due_until: today(),
  });
  const approved = await api('POST', `/payment-orders/${body.id}/approve`, from.books.token, {});
  expect(approved.status, JSON.stringify(approved.body)).toBe(200);
  return { id: body.id as number, bills: made };
}

const statusOf = async (from: Payer, id: number) => (await api('GET', `/payment-orders/${id}`, from.books.token)).body;
const paymentsOf = async (from: Payer, id: number) =>
  (await api('GET', `/payment-orders/${id}/payments`, from.books.token)).body.data;
const paidOf = async (from: Payer, id: number) =>
  (await api('GET', `/documents/${id}`, from.books.token)).body.payment_status;
const deliveriesOf = async (books: Books) =>
  (await api('GET', `/banking/deliveries?client_account_id=${books.clientAccountId}`, books.token)).body.data.map(
    ({ kind, status, imported }: Record<string, unknown>) =>
      `${kind as string} ${status as string} ${imported as number}`,
  );
const transactionsOf = (books: Books) =>
  read(books, (tx) =>
    tx.rows<{ amount: number }>(sql`
      select amount from bank_transactions where client_account_id = ${books.clientAccountId} order by id`),
  ).then((rows) => rows.map(({ amount }) => amount / 100));

/** Our records of files whose name holds the text. */
const filesOf = (text: string) =>
  platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ state: string; is_acknowledged: boolean; problem: { code: string } | null }>(sql`
      select state, is_acknowledged, problem from bank_mailbox_files where name like ${`%${text}%`} order by name`),
  );

describe.each<Provider>(['tietoevry', 'zdata'])('%s', (provider) => {
  test('a bill is paid, and its open item closed by the entry of the bank', async () => {
    const from = await payer(provider);
    const { id, bills } = await ordered(from, [1000, 250.5], makeKid('1234567', 'MOD10'));
    expect(await delivery.send(provider)).toBe(1);
    expect((await statusOf(from, id)).status).toBe('SENT');
    await look(provider);
    expect((await statusOf(from, id)).status).toBe('ACCEPTED');
    expect(await paidOf(from, bills[0]!.id)).toBe('UNPAID');
    await lookNextDay(provider);
    expect(await statusOf(from, id)).toMatchObject({ status: 'SETTLED', settled_count: 2 });
    for (const bill of bills) expect(await paidOf(from, bill.id)).toBe('PAID');
    expect(await transactionsOf(from.books)).toEqual([-1000, -250.5]);
    expect(await findings(from.books)).toEqual([]);
    const { body } = await api('GET', `/payment-orders/${id}/events`, from.books.token);
    expect(body.data.map(({ event }: { event: string }) => event)).toEqual([
      'booked',
      'status',
      'status',
      'sent',
      'approved',
      'prepared',
    ]);
    expect(await deliveriesOf(from.books)).toContain('statement imported 2');
    expect((await filesOf(from.account)).every(({ state }) => state === 'acknowledged')).toBe(true);
  });

  test('sent once, also when the answer is lost', async () => {
    const from = await payer(provider);
    const { id } = await ordered(from, [10]);
    if (provider === 'tietoevry') await act('loseAnswers', { times: 1 });
    else
      sandbox.fault({
        party: 'bank',
        method: 'PUT',
        path: 'payments',
        times: 3,
        effect: { kind: 'reset', inBody: true },
      });
    expect(await delivery.send(provider)).toBe(0);
    const { send_problem, status } = await statusOf(from, id);
    expect([status, send_problem.code]).toEqual(['APPROVED', expect.stringMatching(/^outbound\./)]);
    const cancelled = await api('POST', `/payment-orders/${id}/cancel`, from.books.token, {});
    expect(cancelled.body.details.code).toBe('payments.being_sent');
    expect(await delivery.send(provider)).toBe(1);
    await look(provider);
    await lookNextDay(provider);
    expect((await statusOf(from, id)).status).toBe('SETTLED');
    expect(await transactionsOf(from.books)).toEqual([-10]);
  });

  test('two workers at once take a file in once, and send an order once', async () => {
    const from = await payer(provider);
    await act('expect', { account: from.account, amount: '77.00', kid: makeKid('7654321', 'MOD10') });
    const { id } = await ordered(from, [10]);
    await Promise.all([delivery.send(provider), delivery.send(provider)]);
    clock.pass(6 * MINUTE);
    await Promise.all([delivery.fetch(provider), delivery.fetch(provider)]);
    morning();
    await Promise.all([delivery.fetch(provider), delivery.fetch(provider)]);
    await look(provider);
    expect(await transactionsOf(from.books)).toEqual(expect.arrayContaining([77, -10]));
    expect((await transactionsOf(from.books)).length).toBe(2);
    expect((await statusOf(from, id)).status).toBe('SETTLED');
  });

  test('a process that ends between import and acknowledgement leaves a file that is taken in once', async () => {
    const from = await payer(provider);
    await act('expect', { account: from.account, amount: '50.00' });
    morning();
    const mailbox = delivery.mailbox(provider);
    const dying: Mailbox = {
      provider,
      service: mailbox.service,
      open: (work) =>
        mailbox.open((session) =>
          work({
            list: (most) => session.list(most),
            read: (file) => session.read(file),
            send: (messageId, content) => session.send(messageId, content),
            acknowledge: () => Promise.reject(new Error('the process has ended')),
          }),
        ),
    };
    await deliveryRound(platform, dying, signal);
    expect(await transactionsOf(from.books)).toEqual([50]);
    expect(await filesOf(from.account)).toMatchObject([{ state: 'taken', is_acknowledged: false }]);
    // And one that ends between the import's commit and its record.
    await platform.database.transaction({ clientAccounts: [], mode: 'write', work: 'bank_mailbox' }, (tx) =>
      tx.execute(sql`update bank_mailbox_files set state = 'waiting' where name like ${`%${from.account}%`}`),
    );
    await look(provider);
    expect(await transactionsOf(from.books)).toEqual([50]);
    expect(await deliveriesOf(from.books)).toEqual(['statement known 0', 'statement imported 1']);
    expect(await filesOf(from.account)).toMatchObject([{ state: 'acknowledged', is_acknowledged: true }]);
  });
});

describe('bad days', () => {
  test.each<[string, object]>([
    ['the same file again', {}],
    ['the same file under another name', { rename: true }],
  ])('%s changes nothing', async (_, how) => {
    const from = await payer();
    await act('expect', { account: from.account, amount: '12.00' });
    await lookNextDay();
    await act('redeliver', { name: `camt053-${from.account}`, ...how });
    await look();
    expect(await transactionsOf(from.books)).toEqual([12]);
    expect((await filesOf(from.account)).every(({ state }) => state === 'acknowledged')).toBe(true);
  });

  test('a statement that tells of known days too adds what is new', async () => {
    const from = await payer();
    await act('expect', { account: from.account, amount: '12.00' });
    await lookNextDay();
    await act('expect', { account: from.account, amount: '13.00' });
    await act('closeDay');
    await look();
    expect(await transactionsOf(from.books)).toEqual([12, 13]);
  });

  test('half a file is left until it is whole', async () => {
    const from = await payer();
    await act('expect', { account: from.account, amount: '14.00' });
    await act('half', { name: `camt053-${from.account}` });
    await lookNextDay();
    expect(await transactionsOf(from.books)).toEqual([]);
    expect(await filesOf(from.account)).toMatchObject([{ state: 'waiting', problem: { code: 'cut_off' } }]);
    await act('complete');
    await look();
    expect(await transactionsOf(from.books)).toEqual([14]);
  });

  test('a file that was laid down this very moment waits for the next look', async () => {
    const from = await payer();
    await act('expect', { account: from.account, amount: '15.00' });
    await act('closeDay');
    await delivery.fetch();
    expect(await transactionsOf(from.books)).toEqual([]);
    await look();
    expect(await transactionsOf(from.books)).toEqual([15]);
  });

  test('an account that nobody has is kept and told, and taken in once somebody has it', async () => {
    const account = accountNumber();
    await act('open', { account, bic: 'SPAVNOBB', balance: '10.00' });
    await act('expect', { account, amount: '16.00' });
    await lookNextDay();
    expect((await filesOf(account)).map(({ state, problem }) => [state, problem?.code])).toEqual([
      ['acknowledged', undefined],
      ['held', 'unknown_account'],
    ]);
    const warnings = delivery.logged.filter((line) => line.includes('kept for accounts'));
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.join('')).not.toContain(account);
    const { books } = await openPayer({ clock });
    await openAccount(books, account);
    await look();
    expect(await transactionsOf(books)).toEqual([16]);
    expect((await filesOf(account)).map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged']);
  });

  test('a file for several clients is divided: nobody gets what is others’', async () => {
    const [one, two] = [await payer(), await payer()];
    const nobodys = accountNumber();
    await act('expect', { account: one.account, amount: '17.00' });
    await act('expect', { account: two.account, amount: '18.00' });
    await act('silence', { on: true });
    await act('closeDay');
    await act('silence', { on: false });
    const statement = (account: string, amount: string) =>
      `<x:Stmt><x:Id>S</x:Id><x:CreDtTm>2026-03-20T05:00:00</x:CreDtTm><x:Acct><x:Id><x:Othr><x:Id>${account}</x:Id></x:Othr></x:Id><x:Ccy>NOK</x:Ccy></x:Acct>` +
      `<x:Bal><x:Tp><x:CdOrPrtry><x:Cd>OPBD</x:Cd></x:CdOrPrtry></x:Tp><x:Amt Ccy="NOK">0.00</x:Amt><x:CdtDbtInd>CRDT</x:CdtDbtInd><x:Dt><x:Dt>2026-03-19</x:Dt></x:Dt></x:Bal>` +
      `<x:Bal><x:Tp><x:CdOrPrtry><x:Cd>CLBD</x:Cd></x:CdOrPrtry></x:Tp><x:Amt Ccy="NOK">${amount}</x:Amt><x:CdtDbtInd>CRDT</x:CdtDbtInd><x:Dt><x:Dt>2026-03-19</x:Dt></x:Dt></x:Bal>` +
      `<x:Ntry><x:Amt Ccy="NOK">${amount}</x:Amt><x:CdtDbtInd>CRDT</x:CdtDbtInd><x:Sts><x:Cd>BOOK</x:Cd></x:Sts><x:BookgDt><x:Dt>2026-03-19</x:Dt></x:BookgDt><x:AcctSvcrRef>R${account}</x:AcctSvcrRef><x:AddtlNtryInf>Fisk &amp; vilt &lt;1&gt;</x:AddtlNtryInf></x:Ntry></x:Stmt>`;
    const content =
      '<?xml version="1.0" encoding="UTF-8"?><x:Document xmlns:x="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><x:BkToCstmrStmt><x:GrpHdr><x:MsgId>M</x:MsgId><x:CreDtTm>2026-03-20T05:00:00</x:CreDtTm></x:GrpHdr>' +
      statement(one.account, '17.00') +
      statement(two.account, '18.00') +
      statement(nobodys, '19.00') +
      '</x:BkToCstmrStmt></x:Document>';
    await act('lay', { name: `felles-${one.account}.xml`, content });
    await look();
    expect([await transactionsOf(one.books), await transactionsOf(two.books)]).toEqual([[17], [18]]);
    expect((await filesOf(`felles-${one.account}`)).map(({ state }) => state)).toEqual(['acknowledged', 'held']);
    for (const [mine, others] of [
      [one, two],
      [two, one],
    ] as const) {
      const kept = await read(mine.books, (tx) =>
        tx.rows<{ storage_key: string; result: unknown }>(sql`
          select f.storage_key, i.result from bank_imports i join files f on f.client_account_id = i.client_account_id and f.id = i.file_id
          where i.client_account_id = ${mine.books.clientAccountId}`),
      );
      for (const { storage_key, result } of kept) {
        let text = JSON.stringify(result);
        for await (const piece of await platform.files.storage.read(storage_key)) text += String(piece);
        expect(text).toContain(mine.account);
        expect(text).not.toContain(others.account);
        expect(text).not.toContain(nobodys);
        expect(text).toContain('Fisk &amp; vilt &lt;1&gt;');
      }
    }
  });

  const mt940 = (account: string, amount: string) =>
    `:20:S${account}\r\n:25:${account}\r\n:28C:7/1\r\n:60F:C260319NOK0,00\r\n:61:2603190319C${amount}NTRFNONREF//R${account}\r\n` +
    `:86:Fisk\r\n:62F:C260319NOK${amount}\r\n-\r\n`;

  test('an MT940 file for several clients is divided too', async () => {
    const [one, two] = [await payer(), await payer()];
    const nobodys = accountNumber();
    const content = [mt940(one.account, '31,00'), mt940(nobodys, '32,00'), mt940(two.account, '33,00')].join('');
    await act('lay', { name: `felles-${one.account}.mt940`, content });
    await look();
    expect([await transactionsOf(one.books), await transactionsOf(two.books)]).toEqual([[31], [33]]);
    expect((await filesOf(`felles-${one.account}`)).map(({ state }) => state)).toEqual(['acknowledged', 'held']);
    const kept = await read(one.books, (tx) =>
      tx.rows<{ storage_key: string }>(sql`
        select f.storage_key from bank_imports i join files f on f.client_account_id = i.client_account_id and f.id = i.file_id
        where i.client_account_id = ${one.books.clientAccountId}`),
    );
    let text = '';
    for (const { storage_key } of kept)
      for await (const piece of await platform.files.storage.read(storage_key)) text += String(piece);
    expect(text).toBe(mt940(one.account, '31,00'));
  });

  test('a ZIP for several clients is divided: each of its files as if it had come alone', async () => {
    const [one, two] = [await payer(), await payer()];
    const zip = await zipOf({
      'a.mt940': mt940(one.account, '34,00'),
      'mappe/b.mt940': mt940(two.account, '35,00') + mt940(one.account, '36,00'),
    });
    // Stored as given: a text of bytes.
    await act('lay', {
      name: `felles-${one.account}.zip.txt`,
      content: zip.toString('latin1'),
    });
    await look();
    expect([await transactionsOf(one.books), await transactionsOf(two.books)]).toEqual([[34, 36], [35]]);
    expect((await filesOf(`felles-${one.account}`)).map(({ state }) => state)).toEqual(['acknowledged']);
    expect(await deliveriesOf(two.books)).toEqual(['statement imported 1']);
  });

  test('an account that two have registered is nobody’s to say', async () => {
    const from = await payer();
    const other = await openPayer({ clock });
    await openAccount(other.books, from.account);
    await act('expect', { account: from.account, amount: '20.00' });
    await lookNextDay();
    expect([await transactionsOf(from.books), await transactionsOf(other.books)]).toEqual([[], []]);
    expect((await filesOf(from.account)).map(({ state }) => state)).toContain('held');
    await write(other.books, (tx) =>
      tx.execute(
        sql`update bank_connections set is_active = false where client_account_id = ${other.books.clientAccountId}`,
      ),
    );
    await look();
    expect(await transactionsOf(from.books)).toEqual([20]);
  });

  test('a file that names another organisation as its owner is held', async () => {
    const from = await payer('tietoevry', { organizationNumber: '310458716' });
    await openAtBank(sandbox, from, { organizationNumber: '312974436' });
    await act('expect', { account: from.account, amount: '21.00' });
    await lookNextDay();
    expect(await transactionsOf(from.books)).toEqual([]);
    expect((await filesOf(from.account)).map(({ state }) => state)).toContain('held');
  });

  test('what cannot be read, or is refused, is told to its client and leaves the others alone', async () => {
    const [broken, sound] = [await payer(), await payer()];
    await act('expect', { account: sound.account, amount: '22.00' });
    const name = `brukket-${broken.account}.xml`;
    await act('lay', {
      name,
      content: `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt></Document>`,
    });
    const unbalanced = `ubalansert-${broken.account}.xml`;
    await act('lay', {
      name: unbalanced,
      content: `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-03-20T05:00:00</CreDtTm></GrpHdr><Stmt><Id>S</Id><Acct><Id><Othr><Id>${broken.account}</Id></Othr></Id><Ccy>NOK</Ccy></Acct></Stmt></BkToCstmrStmt></Document>`,
    });
    await lookNextDay();
    expect(await transactionsOf(sound.books)).toEqual([22]);
    expect((await filesOf(name)).map(({ problem }) => problem?.code)).toEqual(['unreadable']);
    expect((await filesOf(unbalanced)).map(({ state, problem }) => [state, problem?.code])).toEqual([
      ['waiting', 'refused'],
    ]);
    expect(await deliveriesOf(broken.books)).toContain('statement refused 0');
    const { body } = await api(
      'GET',
      `/banking/deliveries?client_account_id=${broken.books.clientAccountId}`,
      broken.books.token,
    );
    const refused = body.data.find(({ file_name }: { file_name: string }) => file_name === unbalanced);
    expect(refused.errors[0]).toMatchObject({ code: expect.any(String), message: expect.stringMatching(/\w/) });
  });

  test('silence on a banking day is an alarm, and ends with the next file', async () => {
    const from = await payer();
    const status = async () => {
      const { body } = await api(
        'GET',
        `/banking/delivery-status?client_account_id=${from.books.clientAccountId}`,
        from.books.token,
      );
      return body.data[0];
    };
    await act('expect', { account: from.account, amount: '23.00' });
    await lookNextDay();
    expect(await status()).toMatchObject({ provider: 'tietoevry', is_silent: false, provider_problem: null });
    await act('silence', { on: true });
    for (let day = 0; day < 4; day++) await lookNextDay();
    expect(await status()).toMatchObject({ is_silent: true });
    expect(delivery.logged.some((line) => line.includes('silent on a banking day'))).toBe(true);
    await act('silence', { on: false });
    await act('redeliver', { name: `camt053-${from.account}`, rename: true });
    await act('expect', { account: from.account, amount: '24.00' });
    await act('closeDay');
    await look();
    expect(await status()).toMatchObject({ is_silent: false });
  });

  test.each<[string, Provider, () => Promise<unknown> | void, string]>([
    [
      'is down',
      'zdata',
      () => sandbox.fault({ party: 'bank', times: 12, effect: { kind: 'status', status: 503 } }),
      'outbound.unavailable',
    ],
    [
      'answers with a page',
      'zdata',
      () => sandbox.fault({ party: 'bank', path: 'files', times: 9, effect: { kind: 'html' } }),
      'outbound.contract_broken',
    ],
    [
      'answers nonsense',
      'zdata',
      () => sandbox.fault({ party: 'bank', path: 'files', times: 9, effect: { kind: 'nonsense' } }),
      'outbound.contract_broken',
    ],
    [
      'redirects',
      'zdata',
      () => sandbox.fault({ party: 'bank', path: 'files', times: 9, effect: { kind: 'redirect' } }),
      'outbound.contract_broken',
    ],
  ])('a mailbox that %s is told, and the next good answer heals it', async (_, provider, spoil, code) => {
    const [from, beside] = [await payer(provider), await payer('tietoevry')];
    await act('expect', { account: from.account, amount: '25.00' });
    await act('expect', { account: beside.account, amount: '26.00' });
    morning();
    await spoil();
    await Promise.all([delivery.fetch(provider), delivery.fetch('tietoevry')]);
    expect(await transactionsOf(from.books)).toEqual([]);
    expect(await transactionsOf(beside.books)).toEqual([26]);
    expect(delivery.logged.some((line) => line.includes('not reached') && line.includes(code))).toBe(true);
    const { body } = await api(
      'GET',
      `/banking/delivery-status?client_account_id=${from.books.clientAccountId}`,
      from.books.token,
    );
    expect(body.data[0].provider_problem).toMatch(/ZData/);
    sandbox.reset();
    await look(provider);
    expect(await transactionsOf(from.books)).toEqual([25]);
  });

  test('tokens that end early are fetched anew', async () => {
    const from = await payer('zdata');
    await act('expect', { account: from.account, amount: '27.00' });
    await look('zdata');
    await act('expireTokens');
    await lookNextDay('zdata');
    expect(await transactionsOf(from.books)).toEqual([27]);
  });

  test('content that is not what was told is not taken in', async () => {
    const from = await payer('zdata');
    await act('expect', { account: from.account, amount: '28.00' });
    morning();
    sandbox.fault({ party: 'bank', path: 'content', times: 1, effect: { kind: 'half' } });
    await delivery.fetch('zdata');
    expect((await filesOf(from.account))[0]).toMatchObject({
      state: 'waiting',
      problem: { code: 'bank_mailbox.other_content' },
    });
    await look('zdata');
    expect(await transactionsOf(from.books)).toEqual([28]);
  });

  test('a server with another key gets nothing', async () => {
    const other = await connectMailboxes(sandbox, clock, { TIETOEVRY_SFTP_HOST_KEY: 'SHA256:AAAA' });
    const from = await payer();
    await ordered(from, [10]);
    sandbox.journal.clear();
    await expect(other.mailbox('tietoevry').open((session) => session.list(1))).rejects.toMatchObject({
      code: 'bank_mailbox.wrong_host_key',
    });
    await expect(other.send()).rejects.toMatchObject({ code: 'bank_mailbox.wrong_host_key' });
    expect(sandbox.journal.entries).toEqual([]);
  });

  test('a mailbox that is not there leaves an order that can be cancelled', async () => {
    const nowhere = await connectMailboxes(sandbox, clock, { TIETOEVRY_SFTP_URL: 'sftp://hovedbok@127.0.0.1:1' });
    const from = await payer();
    const { id } = await ordered(from, [10]);
    await expect(nowhere.send()).rejects.toMatchObject({ code: 'outbound.unavailable' });
    expect((await api('POST', `/payment-orders/${id}/cancel`, from.books.token, {})).body.status).toBe('CANCELLED');
    sandbox.journal.clear();
    await delivery.send();
    expect(sandbox.journal.entries.filter(({ note }) => note?.includes(String(id)))).toEqual([]);
  });
});

describe('what the bank says', () => {
  test('some are refused with the reason in words, and can be paid anew', async () => {
    const from = await payer();
    const bad = accountNumber();
    const supplier = await from.supplier([bad], 'Stengt Konto AS');
    const bill = await from.bill(supplier, 40, { due_date: '2026-03-10', document_date: '2026-02-01' });
    await act('refuse', { account: bad, reason: 'AC04' });
    const { id } = await ordered(from, [30]);
    await delivery.send();
    await look();
    expect(await statusOf(from, id)).toMatchObject({ status: 'PARTLY_REJECTED', rejected_count: 1 });
    const refused = (await paymentsOf(from, id)).find(
      ({ document_id }: { document_id: number }) => document_id === bill.id,
    );
    expect(refused).toMatchObject({ status: 'REJECTED', reason: { code: 'AC04', message: 'kontoen er avsluttet' } });
    const english = await api('GET', `/payment-orders/${id}/payments`, from.books.token, undefined, {
      'accept-language': 'en',
    });
    expect(english.body.data.find(({ status }: { status: string }) => status === 'REJECTED').reason.message).toBe(
      'the account is closed',
    );
    await lookNextDay();
    expect(await statusOf(from, id)).toMatchObject({ status: 'PARTLY_REJECTED', settled_count: 1 });
    expect(await paidOf(from, bill.id)).toBe('UNPAID');
    const again = await api('POST', '/payment-orders', from.books.token, {
      client_account_id: from.books.clientAccountId,
      bank_account_id: from.bankAccountId,
      documents: [{ document_id: bill.id }],
    });
    expect(again.status).toBe(201);
  });

  test('no funds: all of it is refused', async () => {
    const from = await payer();
    await openAtBank(sandbox, from, { balance: '1.00' });
    const { id } = await ordered(from, [30]);
    await delivery.send();
    await look();
    expect(await statusOf(from, id)).toMatchObject({ status: 'REJECTED', rejected_count: 1 });
    expect((await paymentsOf(from, id))[0].reason).toMatchObject({
      code: 'AM04',
      message: 'det er ikke dekning på kontoen',
    });
  });

  test('money that comes back makes the bill payable again', async () => {
    const from = await payer();
    const { id, bills } = await ordered(from, [35]);
    await delivery.send();
    await look();
    await lookNextDay();
    expect((await statusOf(from, id)).status).toBe('SETTLED');
    const [payment] = await paymentsOf(from, id);
    await act('return', { endToEndId: payment.end_to_end_id, reason: 'AC04' });
    await lookNextDay();
    expect((await paymentsOf(from, id))[0]).toMatchObject({ status: 'RETURNED', reason: { code: 'AC04' } });
    expect(await transactionsOf(from.books)).toEqual([-35, 35]);
    expect(bills).toHaveLength(1);
  });

  test('a report about no order of ours is kept and told', async () => {
    const name = `pain002-${randomUUID()}.xml`;
    await act('lay', {
      name,
      content: `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>R</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>HB-4294967297</OrgnlMsgId><GrpSts>ACCP</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>`,
    });
    await look();
    expect((await filesOf(name)).map(({ state, problem }) => [state, problem?.code])).toEqual([
      ['acknowledged', undefined],
      ['held', 'unknown_order'],
    ]);
  });
});

test('connects what delivers: the first file says that the agreement stands', async () => {
  const from = await openPayer({ clock, state: 'bank_processing' });
  await openAtBank(sandbox, from);
  await connectBank(from.books, { bic: from.bic, provider: 'tietoevry' });
  await act('expect', { account: from.account, amount: '29.00' });
  await lookNextDay();
  const rows = await read(from.books, (tx) =>
    tx.rows(sql`
      select n.agreement_state, a.state from bank_connections n
      join bank_connection_accounts a on a.client_account_id = n.client_account_id
      where n.client_account_id = ${from.books.clientAccountId}`),
  );
  expect(rows).toEqual([{ agreement_state: 'connected', state: 'ready' }]);
});
