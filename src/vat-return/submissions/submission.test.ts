import { beforeEach, describe, expect, test } from 'vitest';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { ACCOUNTANT, atLogin, idPortenWorld } from '../../../test/support/outside/id-porten.ts';
import { type Books, credit, debit, openBooks } from '../../../test/support/books/books.ts';
import { MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import { withFiles } from '../../../test/support/http/upload.ts';
import type { Fault } from '../../../sandbox/faults.ts';
import { documentsRoutes } from '../../documents/index.ts';
import type { LineInput } from '../../ledger/entries/entry-input.ts';
import type { Database } from '../../platform/database/pool.ts';
import type { Platform } from '../../platform/operation.ts';
import { SubmissionSender } from './submission-send.ts';
import { dueSubmissions } from './submission-schedule.ts';
import type { SubmissionView } from './submission.ts';
import { vatReturnRoutes } from '../vat-return.routes.ts';

const clock = new MovingClock('2026-03-15T10:00:00Z');
const sandbox = await testSandbox(clock);
const world = await idPortenWorld(sandbox, clock);
const platform = withFiles(world.platform);
const api = apiOf([...vatReturnRoutes, ...documentsRoutes], platform);
beforeEach(() => sandbox.resetAll());

const TERM = { from_date: '2026-01-01', to_date: '2026-02-28' };
/** May fill in, but not sign. */
const EMPLOYEE = '26899299344';
const STRANGER = '01816497767';
const bank = '1920';
let nextNumber = 0;

/** Synthetic organisation numbers, each once. */
function organizationNumber(): string {
  for (;;) {
    const digits = String(31_000_000 + nextNumber++);
    const sum = [3, 2, 7, 6, 5, 4, 3, 2].reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return `${digits}${check}`;
  }
}

interface Client extends Books {
  organizationNumber: string;
}

const sale = (net: number, gross: number): LineInput[] => [debit(bank, gross), credit('3000', net, { tax_code: '3' })];

/** A client account with settled sales in the term, and a user who is signed in. */
async function open({
  lines = sale(1000, 1250),
  person = ACCOUNTANT,
  settled = true,
}: { lines?: LineInput[]; person?: string | null; settled?: boolean } = {}): Promise<Client> {
  const number = organizationNumber();
  const books = await openBooks({ organizationNumber: number, clock });
  if (lines.length > 0) await books.post('2026-01-15', lines);
  if (settled && lines.length > 0) await settle(books);
  if (person !== null) await logIn(books, person);
  return { ...books, organizationNumber: number };
}

async function settle(books: Books): Promise<void> {
  const { status, body } = await api('POST', '/vat-return/settlements', books.token, {
    client_account_id: books.clientAccountId,
    ...TERM,
  });
  expect(status, JSON.stringify(body)).toBe(201);
}

async function logIn({ token }: { token: string }, person = ACCOUNTANT): Promise<void> {
  const { status, body } = await world.api.as(token).post('/integrations/altinn/authorize');
  expect(status, JSON.stringify(body)).toBe(200);
  const back = await world.api.call('GET', await atLogin(body.authorization_url as string, { person }), { token });
  expect(back.status).toBe(303);
}

const send = (books: Books, headers: Record<string, string> = {}) =>
  api('POST', '/vat-return/submissions', books.token, { client_account_id: books.clientAccountId, ...TERM }, headers);

const get = async (books: Books, id: number): Promise<SubmissionView> =>
  (await api('GET', `/vat-return/submissions/${id}`, books.token)).body as SubmissionView;

const list = async (books: Books): Promise<SubmissionView[]> =>
  (await api('GET', `/vat-return/submissions?client_account_id=${books.clientAccountId}`, books.token)).body
    .data as SubmissionView[];

/** What the task does when the submission is due. */
async function goOn(books: Books, id: number, on: Platform = platform): Promise<SubmissionView> {
  await new SubmissionSender(on).advance({ clientAccountId: books.clientAccountId, id });
  return get(books, id);
}

/** Advances it until it is answered, however many runs that needs. */
async function finish(books: Books, id: number): Promise<SubmissionView> {
  let view = await get(books, id);
  for (let turn = 0; turn < 12 && (view.status === 'SENDING' || view.status === 'SENT'); turn++) {
    clock.pass(40);
    view = await goOn(books, id);
  }
  return view;
}

interface Seen {
  id: string;
  process: { ended: string | null };
  data: { dataType: string }[];
}

async function instances({ organizationNumber: number }: Client): Promise<Seen[]> {
  const all = (await sandbox.act('mva_app', 'instances')) as (Seen & {
    instanceOwner: { organisationNumber: string };
  })[];
  return all.filter(({ instanceOwner }) => instanceOwner.organisationNumber === number);
}

const submitted = (number: string) =>
  sandbox.journal.entries.filter(({ note }) => note?.startsWith('submitted') && note.endsWith(number)).length;

describe('a return that is sent', () => {
  test('is validated, created, uploaded, completed, answered; receipt and payment lie with the settlement', async () => {
    const client = await open();
    const [prepared] = await list(client);
    expect(prepared).toMatchObject({ status: 'PREPARED', version: null, vat_payable: '250.00' });
    const sent = await send(client);
    expect(sent.status, JSON.stringify(sent.body)).toBe(201);
    expect(sent.body).toMatchObject({
      status: 'SENT',
      version: 1,
      is_correction: false,
      waiting_for: null,
      settlement_voucher_id: prepared!.settlement_voucher_id,
      settlement_journal_entry_id: prepared!.settlement_journal_entry_id,
      deviations: [],
    });
    const id = sent.body.id as number;
    expect((await goOn(client, id)).status).toBe('SENT');
    clock.pass(5);
    const answered = await goOn(client, id);
    expect(answered).toMatchObject({
      status: 'ACCEPTED',
      answer: 'Mottatt: Mva-meldingen er levert og mottatt av Skatteetaten.',
      next_attempt_at: null,
      payment: {
        amount: '250.00',
        due_date: '2026-04-10',
        account_number: '12345678903',
        kid: expect.stringMatching(/^\d{10,25}$/),
        recipient: 'Skatteetaten',
      },
    });
    const kept = [
      answered.receipt_voucher_id!,
      answered.payment_information_voucher_id!,
      answered.validation_voucher_id!,
    ];
    for (const voucher of kept) {
      const { body } = await api('GET', `/vouchers/${voucher}?with=journal_entries`, client.token);
      expect(JSON.stringify(body)).toContain(String(answered.settlement_journal_entry_id));
    }
    const receipt = await api.server.inject({
      url: `/api/v2/files/${answered.receipt_voucher_id}/download`,
      headers: { authorization: `Bearer ${client.token}` },
    });
    expect(receipt.body).toMatch(/^%PDF-/);
    expect(await instances(client)).toMatchObject([{ process: { ended: expect.any(String) } }]);
    // Answered, it is not due for any task.
    expect((await dueSubmissions(platform)).filter(({ id: due }) => due === id)).toEqual([]);
    expect((await list(client)).map(({ status }) => status)).toEqual(['ACCEPTED']);
  });

  test('is due where nothing was posted, too', async () => {
    const client = await open({ lines: [] });
    const { body, status } = await send(client);
    expect([status, body.status, body.vat_payable, body.settlement_voucher_id]).toEqual([201, 'SENT', '0.00', null]);
    expect(await finish(client, body.id)).toMatchObject({ status: 'ACCEPTED', payment: { amount: '0.00' } });
  });

  test('is sent once, however many ask at once', async () => {
    const client = await open();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(client)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map(({ body }) => body.id as number)).size).toBe(1);
    expect((await finish(client, answers[0]!.body.id)).status).toBe('ACCEPTED');
    expect((await instances(client)).length).toBe(1);
    expect(submitted(client.organizationNumber)).toBe(1);
  });

  test('answers the same under one idempotency key', async () => {
    const client = await open();
    const [first, second] = [
      await send(client, { 'idempotency-key': 'mva' }),
      await send(client, { 'idempotency-key': 'mva' }),
    ];
    expect([second.status, second.body.id]).toEqual([201, first.body.id]);
  });

  test('is corrected by a new complete one, once it is settled anew', async () => {
    const client = await open();
    const first = await send(client);
    await finish(client, first.body.id);
    expect((await send(client)).body).toMatchObject({ details: { code: 'vat_return.already_sent' } });
    await client.post('2026-02-10', sale(400, 500));
    expect((await send(client)).body).toMatchObject({ details: { code: 'vat_return.not_settled' } });
    await settle(client);
    expect((await list(client)).map(({ status }) => status).toSorted()).toEqual(['ACCEPTED', 'PREPARED']);
    const second = await send(client);
    expect(second.body).toMatchObject({ status: 'SENT', version: 2, is_correction: true, vat_payable: '350.00' });
    expect(await finish(client, second.body.id)).toMatchObject({ status: 'ACCEPTED', payment: { amount: '350.00' } });
  });
});

describe('a return that is not', () => {
  test.each<[name: string, prepare: () => Promise<Client>, status: number, code: string]>([
    ['without a login', () => open({ person: null }), 403, 'mva_melding.login_required'],
    ['not settled', () => open({ settled: false }), 409, 'vat_return.not_settled'],
    [
      'of a term that has not ended',
      async () => {
        clock.pass(-20 * 86_400);
        const client = await open();
        return client;
      },
      422,
      'vat_return.refused_by_validation',
    ],
  ])('%s: nothing is stored, nothing was made', async (name, prepare, status, code) => {
    const client = await prepare();
    const before = await list(client);
    const answer = await send(client);
    if (name.includes('ended')) clock.pass(20 * 86_400);
    expect([answer.status, answer.body.details?.code], JSON.stringify(answer.body)).toEqual([status, code]);
    expect(await list(client)).toEqual(before);
    expect(await instances(client)).toEqual([]);
  });

  test('accepted by the validation says which rules, in words', async () => {
    const client = await open({ lines: [credit(bank, 1250), debit('3000', 1000, { tax_code: '3' })] });
    const { status, body } = await send(client, { 'accept-language': 'en' });
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain(
      'R020: The opposite sign of base and output VAT must be explained by a remark',
    );
  });

  test('refused by the register for its organisation is refused; with a deviation it goes on and tells', async () => {
    const client = await open();
    await sandbox.act('mva_validation', 'register', { organizationNumber: client.organizationNumber, months: 12 });
    expect(JSON.stringify((await send(client)).body)).toContain('R049');
    await sandbox.act('mva_validation', 'register', {
      organizationNumber: client.organizationNumber,
      months: 2,
      isBehind: true,
    });
    const { status, body } = await send(client);
    expect([status, body.status]).toEqual([201, 'SENT']);
    expect(body.deviations).toMatchObject([
      { rule: 'R061', severity: 'deviates', text: expect.stringMatching(/mangler/) },
    ]);
  });

  test('refused at the end of the filling in leaves no draft, and can be sent again', async () => {
    const client = await open();
    // Deregistered between validation and submission.
    sandbox.fault({
      party: 'mva_app',
      method: 'PUT',
      path: '/process/next$',
      times: 1,
      effect: { kind: 'status', status: 409 },
    });
    const first = await send(client);
    // A conflict without a reason is unknown: it is retried.
    expect(first.body).toMatchObject({ status: 'SENDING', waiting_for: 'PARTY' });
    await sandbox.act('mva_validation', 'register', { organizationNumber: client.organizationNumber, months: 12 });
    // Due again; after ten minutes the login would have expired.
    clock.pass(5);
    const rejected = await goOn(client, first.body.id);
    expect(rejected).toMatchObject({ status: 'REJECTED', deviations: [{ rule: 'R049', severity: 'refuses' }] });
    expect(await instances(client)).toEqual([]);
    await sandbox.act('mva_validation', 'register', { organizationNumber: client.organizationNumber, months: 2 });
    expect((await send(client)).body).toMatchObject({ status: 'SENT', version: 2, is_correction: false });
  });

  test('rejected in the feedback says why, keeps the result, and can be sent again', async () => {
    const client = await open();
    await sandbox.act('mva_app', 'reject', { organizationNumber: client.organizationNumber, rule: 'R053' });
    const { body } = await send(client);
    const rejected = await finish(client, body.id);
    expect(rejected).toMatchObject({
      status: 'REJECTED',
      receipt_voucher_id: null,
      validation_voucher_id: expect.any(Number),
      deviations: [{ rule: 'R053', severity: 'refuses', text: expect.stringMatching(/Koden kan ikke brukes/) }],
      answer: expect.stringMatching(/^Avvist/),
    });
    const again = await send(client);
    expect(await finish(client, again.body.id)).toMatchObject({ status: 'ACCEPTED', version: 2, is_correction: false });
  });

  test('allowed for a person waits for one who may, who goes on with the same instance', async () => {
    const client = await open({ person: EMPLOYEE });
    const first = await send(client);
    expect(first.body).toMatchObject({
      status: 'SENDING',
      waiting_for: 'PERSON',
      problem: { code: 'mva_melding.no_right' },
      next_attempt_at: null,
    });
    const [draft] = await instances(client);
    await sandbox.act('mva_app', 'power', {
      pid: EMPLOYEE,
      organizationNumber: client.organizationNumber,
      power: 'sign',
    });
    const second = await send(client);
    expect(second.body).toMatchObject({ id: first.body.id, status: 'SENT', waiting_for: null, problem: null });
    expect(await instances(client)).toMatchObject([{ id: draft!.id }]);
  });

  test('allowed at all for a person makes nothing in Altinn', async () => {
    const client = await open({ person: STRANGER });
    expect((await send(client)).body).toMatchObject({ status: 'SENDING', waiting_for: 'PERSON' });
    expect(await instances(client)).toEqual([]);
  });

  test('answered while the login has ended goes on by itself after the next one', async () => {
    const client = await open();
    const { body } = await send(client);
    clock.pass(30 * 3_600);
    expect(await goOn(client, body.id)).toMatchObject({ status: 'SENT', waiting_for: 'LOGIN' });
    await logIn(client);
    clock.pass(3_700);
    await logIn(client);
    expect(await goOn(client, body.id)).toMatchObject({ status: 'ACCEPTED' });
  });

  test('answered at all is asked for two weeks, then waits for a person', async () => {
    const client = await open();
    await sandbox.act('mva_app', 'feedback', { seconds: 90 * 86_400 });
    const { body } = await send(client);
    clock.pass(15 * 86_400);
    await logIn(client);
    const view = await goOn(client, body.id);
    expect(view).toMatchObject({
      status: 'SENT',
      waiting_for: 'PERSON',
      problem: { code: 'vat_return.no_answer' },
      next_attempt_at: null,
    });
  });

  test('there any more after it was completed is lost, and can be sent again', async () => {
    const client = await open();
    const { body } = await send(client);
    await sandbox.act('mva_app', 'remove', { id: body.altinn_instance_id });
    clock.pass(60);
    expect(await goOn(client, body.id)).toMatchObject({ status: 'LOST' });
    expect((await send(client)).body).toMatchObject({ status: 'SENT', version: 2 });
  });
});

describe('lost answers', () => {
  const steps: [name: string, fault: Omit<Fault, 'party' | 'effect'>][] = [
    ['create', { method: 'POST', path: '/instances/?$' }],
    ['envelope', { method: 'PUT', path: '/data/' }],
    ['return', { method: 'POST', path: '/data$' }],
    ['end of the filling in', { method: 'PUT', path: '/process/next$' }],
    ['confirmation', { method: 'PUT', path: '/process/next$', skip: 1 }],
    ['instance', { method: 'GET', path: '/instances/\\d+/[^/]+$' }],
    ['status', { method: 'GET', path: '/feedback/status$' }],
  ];
  test.each(steps)('of the %s end in one instance and one submission', async (_, fault) => {
    const client = await open();
    sandbox.fault({ party: 'mva_app', ...fault, times: 3, effect: { kind: 'reset' } });
    const { status, body } = await send(client);
    expect(status).toBe(201);
    const view = await finish(client, body.id);
    expect(view).toMatchObject({ status: 'ACCEPTED', version: 1 });
    expect(
      (await instances(client)).map(({ data }) => data.filter(({ dataType }) => dataType === 'mvamelding').length),
    ).toEqual([1]);
    expect(submitted(client.organizationNumber)).toBe(1);
  });

  test('of files are downloaded again', async () => {
    const client = await open();
    const { body } = await send(client);
    sandbox.fault({
      party: 'mva_app',
      method: 'GET',
      path: '/data/',
      times: 4,
      effect: { kind: 'reset', inBody: true },
    });
    const view = await finish(client, body.id);
    expect(view).toMatchObject({ status: 'ACCEPTED', receipt_voucher_id: expect.any(Number) });
  });
});

/** The process dies before its n-th transaction from now on: its calls to parties are done, but not its next write. */
function dyingAfter(count: number): Platform {
  let left = count;
  const database = new Proxy(platform.database, {
    get(target, name) {
      if (name === 'transaction')
        return (...args: Parameters<Database['transaction']>) => {
          if (left-- <= 0) throw new Error('the process is gone');
          return target.transaction(...args);
        };
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
  return { ...platform, database };
}

describe('a process that ends', () => {
  test('at any step leaves a submission that another one brings to its end', async () => {
    let deaths = 0;
    for (let count = 1; ; count++) {
      const client = await open();
      sandbox.fault({
        party: 'mva_app',
        method: 'POST',
        path: '/instances/?$',
        times: 1,
        effect: { kind: 'status', status: 503 },
      });
      const { body } = await send(client);
      expect(body).toMatchObject({ status: 'SENDING', waiting_for: 'PARTY' });
      sandbox.reset();
      clock.pass(60);
      const died = await new SubmissionSender(dyingAfter(count))
        .advance({ clientAccountId: client.clientAccountId, id: body.id })
        .then(
          () => false,
          () => true,
        );
      // The lease of the dead process must expire first.
      clock.pass(10);
      if (died) {
        expect((await goOn(client, body.id)).status).not.toBe('ACCEPTED');
        clock.pass(300);
      }
      expect(await finish(client, body.id)).toMatchObject({ status: 'ACCEPTED', version: 1 });
      expect((await instances(client)).length).toBe(1);
      expect(submitted(client.organizationNumber)).toBe(1);
      if (!died) break;
      deaths++;
    }
    expect(deaths).toBeGreaterThan(8);
  }, 120_000);
});

test('two at once: the second finds that somebody is at it', async () => {
  const client = await open();
  sandbox.fault({
    party: 'mva_app',
    method: 'POST',
    path: '/instances/?$',
    times: 1,
    effect: { kind: 'status', status: 503 },
  });
  const { body } = await send(client);
  clock.pass(60);
  await Promise.all(Array.from({ length: 5 }, () => goOn(client, body.id)));
  expect((await instances(client)).length).toBe(1);
  expect(await finish(client, body.id)).toMatchObject({ status: 'ACCEPTED' });
});

describe('row 14', () => {
  test('tokens, numbers of people and assertions are in no log and no answer', async () => {
    const client = await open();
    const { body } = await send(client);
    const view = await finish(client, body.id);
    const everything = JSON.stringify([world.logged, view, sandbox.journal.entries]);
    expect(everything).not.toContain(ACCOUNTANT);
    expect(everything).not.toMatch(/eyJ[\w-]{10}/);
  });
});
