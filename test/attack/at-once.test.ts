import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobKind } from '../../src/platform/jobs/job-queue.ts';
import { asOwner } from '../support/books/people.ts';
import { attacked } from './support/attacked.ts';
import { type Answer, HttpCaller } from './support/caller.ts';
import type { Attacked } from './support/server.ts';
import { bban, newOwned, type Owned, openWorld, type World } from './support/world.ts';

const TIMES = 10;

let running: Attacked;
let firm: Owned;
let world: World;
beforeAll(async () => {
  running = await attacked({ connections: 14, jobs: () => [endless] });
  firm = await newOwned(running.server, running.platform.database, { isProvider: true });
  world = await openWorld(running.server, running.platform.database, firm);
});

/** Work that continues until the server ends: a restarted job stays restarted. */
const endless: JobKind = {
  kind: 'endless',
  attempts: 1,
  line: 'books',
  access: () => ({ kind: 'client', scope: 'write:accounting', roles: ['CA'] }),
  run: ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended')), { once: true })),
};

interface Transition {
  caller?: HttpCaller;
  method: string;
  path: string;
  body?: object;
  /** Posted entries that come of it. */
  entries?: number;
  /** `any`: repeating it changes nothing and may be answered as done. */
  wins?: 'one' | 'any';
  /** Condition that must hold afterwards. */
  holds?(): Promise<unknown>;
}

const own = () => world.clientAccountId;
const must = (method: string, path: string, body?: object) => world.owner.must(method, path, body);
const create = async (path: string, body: object): Promise<number> =>
  (await must('POST', path, { client_account_id: own(), ...body })).id as number;

async function count(text: string, values: unknown[] = [own()]): Promise<number> {
  const { rows } = await asOwner(`select count(*)::int as n from ${text}`, values);
  return rows[0].n as number;
}

const sale = (more: object = {}) => ({
  entry_date: '2026-02-05',
  lines: [
    { account_code: '1500', debit: '100.00', business_partner_id: world.ids.business_partner_id![0] },
    { account_code: '3000', credit: '100.00' },
  ],
  ...more,
});

const document = () => ({
  document_type: 'ARINV',
  document_date: '2026-02-10',
  business_partner_id: world.ids.business_partner_id![0],
  currency_code: 'NOK',
  gross_amount: '100.00',
  document_number: randomUUID().slice(0, 8),
  lines: [{ account_code: '3000', amount: '100.00' }],
});

const boughtAsset = async () => {
  const id = await create('/assets', { name: 'Bil', asset_class: 'MOTOR_VEHICLES', acquisition_date: '2026-01-05' });
  await create('/journal-entries', {
    entry_date: '2026-01-05',
    lines: [
      { account_code: '1230', debit: '6000.00', dimensions: [{ type: 'asset', id }] },
      { account_code: '1920', credit: '6000.00' },
    ],
  });
  return id;
};

const bankTransaction = async (amount: string) => {
  const bank = world.ids.bank_account_id![0]!;
  return create('/bank-transactions', {
    amount,
    currency_code: 'NOK',
    booking_date: '2026-03-02',
    [amount.startsWith('-') ? 'payor_bank_account_id' : 'payee_bank_account_id']: bank,
  });
};

const match = async () => ({
  client_account_id: own(),
  matches: [
    {
      transactions: [{ bank_transaction_id: await bankTransaction('-40.00') }],
      postings: [{ account_code: '7770', amount: '-40.00' }],
    },
  ],
});

const settlement = async () => {
  const debit = await create('/journal-entries', sale());
  const credit = await create('/journal-entries', {
    entry_date: '2026-02-06',
    lines: [
      { account_code: '1920', debit: '100.00' },
      { account_code: '1500', credit: '100.00', business_partner_id: world.ids.business_partner_id![0] },
    ],
  });
  const items = [
    { journal_entry_id: debit, line_number: 1 },
    { journal_entry_id: credit, line_number: 2 },
  ];
  return { client_account_id: own(), groups: [{ items }] };
};

let signed = 0;
/** A reconciliation that can be signed: nothing in the bank or the ledger, on an otherwise unused day. */
async function agreeing(): Promise<object> {
  signed++;
  const bank_account_id = await create('/bank-accounts', {
    type: 'CURRENT',
    bban: bban(own() * 310 + 100 + signed * 3),
    bank_country: 'NO',
    account_code: '1950',
    name: 'Skattetrekk',
  });
  await create('/bank-statements', {
    bank_account_id,
    from_date: '2026-02-01',
    to_date: '2026-02-28',
    opening_balance: '0.00',
    closing_balance: '0.00',
    transactions: [],
  });
  return { client_account_id: own(), bank_account_id, date: '2026-02-28' };
}

const idOf = (made: any): number => made.data[0].id as number;

async function invitationToken(): Promise<string> {
  const email = `${randomUUID()}@test.example`;
  await create('/invitations', { email, role_id: 1 });
  const { rows } = await asOwner('select text_body from mail_outbox where recipient = $1', [email]);
  return /\/invitations\/(\S+)/.exec(rows[0].text_body as string)![1]!;
}

/** Every transition between states that a caller can request, and its preconditions. */
const TRANSITIONS: readonly [name: string, setUp: () => Promise<Transition>][] = [
  [
    'a draft entry is posted',
    async () => ({
      method: 'POST',
      path: `/journal-entries/${await create('/journal-entries', sale({ is_draft: true }))}/post`,
      entries: 1,
    }),
  ],
  [
    'a draft entry is deleted',
    async () => ({
      method: 'DELETE',
      path: `/journal-entries/${await create('/journal-entries', sale({ is_draft: true }))}`,
    }),
  ],
  [
    'an entry is cancelled',
    async () => ({
      method: 'POST',
      path: `/journal-entries/${await create('/journal-entries', sale())}/cancel`,
      body: { reason: 'Feil' },
      entries: 1,
    }),
  ],
  [
    'a draft document is posted',
    async () => ({
      method: 'PATCH',
      path: `/documents/${await create('/documents', { ...document(), document_status: 'DRAFT' })}`,
      body: { document_status: 'POSTED' },
      entries: 1,
      wins: 'any',
    }),
  ],
  [
    'a draft document is posted with PUT',
    async () => {
      const draft = document();
      const { document_type: _, ...fields } = draft;
      return {
        method: 'PUT',
        path: `/documents/${await create('/documents', { ...draft, document_status: 'DRAFT' })}`,
        body: { ...fields, document_status: 'POSTED' },
        entries: 1,
        wins: 'any',
      };
    },
  ],
  [
    'a bank transaction is matched',
    async () => ({ method: 'POST', path: '/banking/matches', body: await match(), entries: 1 }),
  ],
  [
    'a match is undone',
    async () => {
      const id = idOf(await must('POST', '/banking/matches', await match()));
      return { method: 'POST', path: `/banking/matches/${id}/undo`, body: { reason: 'Feil' }, entries: 1 };
    },
  ],
  [
    'open items are settled',
    async () => ({ method: 'POST', path: '/item-settlements', body: await settlement(), entries: 0 }),
  ],
  [
    'a settlement is undone',
    async () => {
      const made = (await must('POST', '/item-settlements', await settlement())) as { groups: number[] };
      const id = made.groups[0];
      return { method: 'POST', path: `/item-settlements/${id}/undo`, body: { reason: 'Feil' }, entries: 0 };
    },
  ],
  [
    'an asset is disposed of',
    async () => ({
      method: 'POST',
      path: `/assets/${await boughtAsset()}/disposal`,
      body: { kind: 'scrap', disposed_on: '2026-03-01' },
      holds: () => count(`journal_entries where client_account_id = $1 and source like '%disposal%'`),
    }),
  ],
  [
    'a month is depreciated',
    async () => ({
      method: 'POST',
      path: '/depreciation-runs',
      body: { client_account_id: own(), month: '2026-02' },
      wins: 'any',
      entries: 1,
    }),
  ],
  [
    'a VAT term is settled',
    async () => ({
      method: 'POST',
      path: '/vat-return/settlements',
      body: { client_account_id: own(), from_date: '2026-01-01', to_date: '2026-02-28' },
      wins: 'any',
      entries: 1,
    }),
  ],
  [
    'an invitation is accepted',
    async () => ({
      caller: new HttpCaller(running.server),
      method: 'POST',
      path: `/public/v2/invitations/${await invitationToken()}/accept`,
      body: { first_name: 'Ola', last_name: 'Nordmann', password: 'hemmelig passord nummer sju' },
    }),
  ],
  [
    'an invitation is taken back',
    async () => ({
      method: 'DELETE',
      path: `/invitations/${await create('/invitations', { email: `${randomUUID()}@test.example`, role_id: 1 })}`,
      wins: 'any',
    }),
  ],
  [
    'a contract is approved',
    async () => {
      const client = await newOwned(running.server, running.platform.database);
      const ids = { client_account_id: client.clientAccountId, provider_client_account_id: firm.clientAccountId };
      const { id } = (await client.owner.must('POST', '/contracts', ids)) as { id: number };
      return {
        caller: firm.owner,
        method: 'PATCH',
        path: `/contracts/${id}`,
        body: { approval_status: 'APPROVED' },
        wins: 'any',
        holds: async () =>
          expect(
            await count(
              `audit_log where record_type = 'contract' and record_id = $1
               and before->>'approval_status' = 'PENDING' and after->>'approval_status' = 'APPROVED'
               and client_account_id in (0, $2)`,
              [id, client.clientAccountId],
            ),
          ).toBeLessThanOrEqual(1),
      };
    },
  ],
  [
    'a question is closed',
    async () => ({
      method: 'POST',
      path: `/questions/${await create('/questions', { question: 'Hva?', bank_transaction_id: world.ids.bank_transaction_id![0] })}`,
      body: { question_status: 'CLOSED' },
      wins: 'any',
    }),
  ],
  [
    'an account code is taken',
    async () => ({
      method: 'POST',
      path: '/general-ledger-accounts',
      body: { client_account_id: own(), account_code: '3066', description_nob: 'Salg', like_account_code: '3000' },
    }),
  ],
  [
    'a VAT code is taken',
    async () => ({
      method: 'POST',
      path: '/tax-codes',
      body: { client_account_id: own(), code: 'LIK', standard_code: '3', description_nob: 'Lik' },
    }),
  ],
  [
    'the name of a client account is taken',
    async () => ({
      method: 'POST',
      path: '/client-accounts',
      body: { display_name: 'Lik AS', unique_name: `lik-${randomUUID()}` },
    }),
  ],
  [
    'a contract is asked for',
    async () => {
      const client = await newOwned(running.server, running.platform.database);
      return {
        caller: client.owner,
        method: 'POST',
        path: '/contracts',
        body: { client_account_id: client.clientAccountId, provider_client_account_id: firm.clientAccountId },
        holds: async () =>
          expect(await count('contracts where client_account_id = $1', [client.clientAccountId])).toBe(1),
      };
    },
  ],
  [
    'a reconciliation is signed',
    async () => ({ method: 'POST', path: '/banking/reconciliations', body: await agreeing(), entries: 0 }),
  ],
  [
    'a reconciliation is opened again',
    async () => {
      const { id } = await must('POST', '/banking/reconciliations', await agreeing());
      return { method: 'POST', path: `/banking/reconciliations/${id}/reopen`, body: { reason: 'Feil' }, entries: 0 };
    },
  ],
  [
    'a disposal is undone',
    async () => {
      const id = await boughtAsset();
      await must('POST', `/assets/${id}/disposal`, { kind: 'scrap', disposed_on: '2026-03-01' });
      return { method: 'POST', path: `/assets/${id}/disposal/undo`, body: { reason: 'Feil' }, entries: 1 };
    },
  ],
  [
    'an asset is put out of use',
    async () => ({
      method: 'DELETE',
      path: `/assets/${await create('/assets', { name: 'Bord', asset_class: 'FURNITURE_AND_FIXTURES', acquisition_date: '2026-01-05' })}`,
      wins: 'any',
      entries: 0,
    }),
  ],
  [
    'a rule is put out of use',
    async () => {
      const rule = { name: 'Gebyr', condition: { text: 'gebyr' }, action: { account_code: '7770' } };
      return {
        method: 'PATCH',
        path: `/banking/rules/${await create('/banking/rules', rule)}`,
        body: { is_active: false },
        wins: 'any',
      };
    },
  ],
  [
    'a firm takes on a client',
    async () => {
      const unique_name = `lik-${randomUUID()}`;
      return {
        caller: firm.owner,
        method: 'POST',
        path: '/client-engagements',
        body: {
          client_account: { display_name: 'Ny AS', unique_name },
          provider_client_account_id: firm.clientAccountId,
        },
        holds: async () => expect(await count('client_accounts where unique_name = $1', [unique_name])).toBe(1),
      };
    },
  ],
  [
    'a job that failed is begun again',
    async () => {
      const { rows } = await asOwner(
        `insert into jobs (client_account_id, user_id, kind, status, input, finished_at)
         values ($1, $2, 'endless', 'failed', '{}', now()) returning id::int as id`,
        [own(), world.ownerId],
      );
      return { method: 'POST', path: `/jobs/${rows[0].id}/retry` };
    },
  ],
  [
    'an access token is revoked',
    async () => ({
      method: 'DELETE',
      path: `/access-tokens/${(await must('POST', '/access-tokens', { name: 'x' })).id}`,
      wins: 'any',
    }),
  ],
];

const entriesNow = () => count('journal_entries where client_account_id = $1');

describe.each(TRANSITIONS)('%s', (_, setUp) => {
  test(`once, by ${TIMES} equal calls at the same moment`, async () => {
    const { caller = world.owner, method, path, body, entries, wins = 'one', holds } = await setUp();
    const before = await entriesNow();
    const answers = await Promise.all(Array.from({ length: TIMES }, () => caller.send(method, path, body)));
    const done = answers.filter(({ status }) => status < 300);
    expect(answers.filter(({ status }) => status >= 500).map(shown)).toEqual([]);
    if (wins === 'one') expect(done.map(shown).slice(1)).toEqual([]);
    expect(done.length, shown(answers[0]!)).toBeGreaterThan(0);
    if (entries !== undefined) expect((await entriesNow()) - before).toBe(entries);
    await holds?.();
  });

  test(`once, by ${TIMES} calls under one idempotency key`, async () => {
    const { caller = world.owner, method, path, body, entries, wins = 'one' } = await setUp();
    if (method !== 'POST' || path.startsWith('/public/')) return;
    const before = await entriesNow();
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(Array.from({ length: TIMES }, () => caller.send(method, path, body, key)));
    expect(answers.filter(({ status }) => status >= 500).map(shown)).toEqual([]);
    // A repeated depreciation or settlement of the previous test may be refused: then all of them are refused.
    expect(new Set(answers.map(({ status }) => status)).size, answers.map(shown).join('\n')).toBe(1);
    for (const { body: again } of answers) expect(again).toEqual(answers[0]!.body);
    if (answers[0]!.status < 300) {
      // A request without effect on repetition may get another response than the first.
      const replayed = answers.filter(({ headers }) => headers['idempotent-replayed']).length;
      if (wins === 'one') expect(replayed).toBe(TIMES - 1);
      if (entries) expect((await entriesNow()) - before).toBeLessThanOrEqual(entries);
    }
  });
});

function shown({ status, text }: Answer): string {
  return `${status} ${text.slice(0, 300)}`;
}
