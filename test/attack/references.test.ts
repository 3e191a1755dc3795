import { beforeAll, describe, expect, test } from 'vitest';
import { allRoutes } from '../../src/app.ts';
import { fault } from './fuzz/oracle.ts';
import { fingerprint } from './fuzz/untouched.ts';
import type { Schema } from './fuzz/values.ts';
import { attacked } from './support/attacked.ts';
import type { HttpCaller } from './support/caller.ts';
import type { Attacked } from './support/server.ts';
import { newOwned, type Owned, openWorld, type World } from './support/world.ts';

let running: Attacked;
let firm: Owned;
let own: World;
let victim: World;
let before: Record<string, string>;
beforeAll(async () => {
  running = await attacked();
  const { server, platform } = running;
  firm = await newOwned(server, platform.database, { isProvider: true });
  own = await openWorld(server, platform.database, firm);
  victim = await openWorld(server, platform.database, firm);
  before = await fingerprint(running.connection, own.clientAccountId);
});

/** A request that is valid except for the reference in one field, and those fields with the kind of record they refer to. */
interface Row {
  route: string;
  body(): object;
  /** Fields by path; the value is the kind of id, or `code` for one of the books. */
  refers: Record<string, string>;
  /** The record in the path, if it is not the first of its kind. */
  at?(): number;
  by?(): HttpCaller;
}

const id = (kind: string, n = 0) => own.ids[kind]![n]!;
const ours = () => ({ client_account_id: own.clientAccountId });
const LINE = {
  account_code: 'code',
  account_id: 'gl_account_id',
  tax_code: 'code',
  'dimensions[0].id': 'department_id',
  business_partner_id: 'business_partner_id',
};
const below = (path: string, refers: Record<string, string>) =>
  Object.fromEntries(Object.entries(refers).map(([name, kind]) => [`${path}.${name}`, kind]));
const { account_id: _, ...CODED_LINE } = LINE;

const entry = () => ({
  entry_date: '2026-02-05',
  lines: [
    { account_code: '7770', debit: '100.00', dimensions: [{ type: 'department', id: id('department_id') }] },
    { account_code: '1920', credit: '100.00' },
  ],
});
const entryRefers = { voucher_id: 'voucher_id', ...below('lines[0]', LINE) };

const document = () => ({
  document_date: '2026-02-10',
  business_partner_id: id('business_partner_id'),
  currency_code: 'NOK',
  lines: [{ account_code: '3000', amount: '100.00', dimensions: [{ type: 'department', id: id('department_id') }] }],
  payment_lines: [{ due_date: '2026-03-01', amount: '100.00', bank_account_id: id('bank_account_id') }],
});
const DOCUMENT_LINE = { account_code: 'code', tax_code: 'code', 'dimensions[0].id': 'department_id' };
const documentRefers = {
  business_partner_id: 'business_partner_id',
  payor_id: 'business_partner_id',
  collector_id: 'business_partner_id',
  voucher_id: 'voucher_id',
  credits_document_id: 'document_id',
  bank_account_id: 'bank_account_id',
  'attachment_ids[0]': 'file_id',
  'payment_lines[0].bank_account_id': 'bank_account_id',
  ...below('lines[0]', DOCUMENT_LINE),
};
const linked = () => ({
  ...ours(),
  ...document(),
  lines: [],
  document_type: 'ARINV',
  journal_entry_line_number: 1,
});

const recurring = () => ({
  document_type: 'ARINV',
  business_partner_id: id('business_partner_id'),
  lines: [{ account_code: '3000', amount: '100.00', dimensions: [{ type: 'department', id: id('department_id') }] }],
});
const recurringRefers = below('document', {
  business_partner_id: 'business_partner_id',
  bank_account_id: 'bank_account_id',
  ...below('lines[0]', DOCUMENT_LINE),
});

const rule = () => ({
  name: 'Gebyr',
  condition: { text: 'gebyr' },
  action: { account_code: '7770', dimensions: [{ type: 'department', id: id('department_id') }] },
});
const ruleRefers = { 'condition.bank_account_id': 'bank_account_id', ...below('action', CODED_LINE) };

const transaction = () => ({
  amount: '10.00',
  currency_code: 'NOK',
  booking_date: '2026-03-02',
  payee_bank_account_id: id('bank_account_id'),
});
const statement = () => ({
  ...ours(),
  bank_account_id: id('bank_account_id'),
  from_date: '2026-03-01',
  to_date: '2026-03-02',
  opening_balance: '1150.00',
  closing_balance: '1160.00',
  transactions: [transaction()],
});
const statementRefers = {
  bank_account_id: 'bank_account_id',
  'transactions[0].payee_bank_account_id': 'bank_account_id',
  'transactions[0].payor_bank_account_id': 'bank_account_id',
};

const ROWS: readonly Row[] = [
  ...(['POST', 'PUT', 'PATCH'] as const).map((method) => ({
    route: `${method} /client-accounts/{client_account_id}/settings`,
    body: () => ({ plan: 'X' }),
    refers: { pension_provider_id: 'business_partner_id' },
  })),
  {
    route: 'POST /client-accounts',
    body: () => ({ display_name: 'Ny AS', settings: {} }),
    refers: { 'settings.pension_provider_id': 'business_partner_id' },
  },
  {
    route: 'POST /client-engagements',
    body: () => ({
      client_account: { display_name: 'Ny AS', settings: {} },
      provider_client_account_id: firm.clientAccountId,
    }),
    refers: {
      'client_account.settings.pension_provider_id': 'business_partner_id',
      provider_client_account_id: 'none',
    },
    by: () => firm.owner,
  },
  {
    route: 'PATCH /client-accounts/{client_account_id}/users/{user_id}',
    body: () => ({ role_id: 1 }),
    refers: { role_id: 'none' },
  },
  {
    route: 'POST /client-accounts/{client_account_id}/organizational-roles',
    body: () => ({ business_partner_id: id('business_partner_id'), role_type: 'BOARD_MEMBER' }),
    refers: { business_partner_id: 'business_partner_id' },
  },
  {
    route: 'POST /invitations',
    body: () => ({ ...ours(), email: 'noen@test.example', role_id: 1 }),
    refers: { role_id: 'none' },
  },
  {
    route: 'POST /contracts',
    body: () => ({ ...ours(), provider_client_account_id: firm.clientAccountId }),
    refers: { provider_client_account_id: 'none' },
  },
  {
    route: 'POST /general-ledger-accounts',
    body: () => ({ ...ours(), account_code: '3077', description_nob: 'Salg', like_account_code: '3000' }),
    refers: { like_account_code: 'code', default_tax_code: 'code' },
  },
  {
    route: 'PUT /general-ledger-accounts/{id}',
    body: () => ({ ...ours(), description_nob: 'Salg av annet' }),
    refers: { default_tax_code: 'code' },
  },
  {
    route: 'POST /tax-codes',
    body: () => ({ ...ours(), code: 'EGEN2', standard_code: '3', description_nob: 'Egen' }),
    refers: { tax_account_code: 'code', acquisition_tax_account_code: 'code' },
  },
  {
    route: 'PUT /tax-codes/{id}',
    body: () => ({ description_nob: 'Egen' }),
    refers: { tax_account_code: 'code', acquisition_tax_account_code: 'code' },
  },
  {
    route: 'POST /business-partners',
    body: () => ({ ...ours(), name: 'Ny' }),
    refers: { organization_id: 'none', user_id: 'none' },
  },
  {
    route: 'PUT /business-partners/{id}',
    body: () => ({ name: 'Ny' }),
    refers: { organization_id: 'none', user_id: 'none' },
  },
  { route: 'POST /journal-entries', body: () => ({ ...ours(), ...entry() }), refers: entryRefers },
  {
    route: 'POST /journal-entries/bulk',
    body: () => ({ ...ours(), mode: 'all', entries: [entry()] }),
    refers: below('entries[0]', entryRefers),
  },
  {
    route: 'POST /vouchers/{id}/journal-entries',
    body: () => ({ journal_entry_id: id('journal_entry_id', 1) }),
    refers: { journal_entry_id: 'journal_entry_id' },
  },
  {
    route: 'PATCH /vouchers/{id}',
    body: () => ({ collection_ids: [id('collection_id')] }),
    refers: { 'collection_ids[0]': 'collection_id' },
  },
  {
    route: 'POST /assets/{id}/disposal',
    body: () => ({ kind: 'sale', disposed_on: '2026-03-01', proceeds: '1000.00' }),
    refers: { tax_code: 'code', proceeds_account_code: 'code', business_partner_id: 'business_partner_id' },
  },
  {
    route: 'PUT /asset-classes/{code}/accounts',
    body: () => ({ ...ours(), asset_account: '1200', accumulated_account: '1299', expense_account: '6010' }),
    refers: { asset_account: 'code', accumulated_account: 'code', expense_account: 'code' },
  },
  {
    route: 'PUT /tax-depreciation/choices',
    body: () => ({ ...ours(), income_year: 2026, saldo_group: 'd' }),
    refers: { asset_id: 'asset_id' },
  },
  {
    route: 'POST /asset-openings',
    body: () => ({ ...ours(), entry_date: '2026-01-31', assets: [{ asset_id: id('asset_id'), cost: '100.00' }] }),
    refers: {
      'assets[0].asset_id': 'asset_id',
      'assets[0].cost_account_code': 'code',
      'assets[0].accumulated_account_code': 'code',
    },
  },
  {
    route: 'POST /payment-orders',
    body: () => ({
      ...ours(),
      bank_account_id: id('bank_account_id'),
      documents: [{ document_id: id('payable_id'), payment_line_id: id('payment_line_id') }],
    }),
    refers: {
      bank_account_id: 'bank_account_id',
      'documents[0].document_id': 'payable_id',
      'documents[0].payment_line_id': 'payment_line_id',
    },
  },
  {
    route: 'PUT /invoice-settings',
    body: () => ({
      kid_rules: [{ bank_account_id: id('bank_account_id'), modulus: 'MOD10', customer_digits: 4, invoice_digits: 6 }],
    }),
    refers: {
      bank_account_id: 'bank_account_id',
      logo_file_id: 'file_id',
      'kid_rules[0].bank_account_id': 'bank_account_id',
    },
  },
  {
    route: 'POST /received-invoices/{id}/prepare',
    body: () => ({
      business_partner_id: id('business_partner_id', 1),
      document_number: '78',
      document_date: '2026-02-11',
      lines: [
        { account_code: '6800', amount: '100.00', dimensions: [{ type: 'department', id: id('department_id') }] },
      ],
    }),
    refers: { business_partner_id: 'business_partner_id', ...below('lines[0]', DOCUMENT_LINE) },
  },
  {
    route: 'POST /recurring-invoices',
    body: () => ({ ...ours(), name: 'Leie', document: recurring(), starts_on: '2026-03-01', interval_months: 1 }),
    refers: recurringRefers,
  },
  {
    route: 'POST /reminders',
    body: () => ({ ...ours(), document_id: id('document_id') }),
    refers: { document_id: 'document_id' },
  },
  {
    route: 'PUT /reminder-settings',
    body: () => ({ charges_fee: true }),
    refers: { fee_account_code: 'code', interest_account_code: 'code' },
  },
  { route: 'PATCH /recurring-invoices/{id}', body: () => ({ document: recurring() }), refers: recurringRefers },
  {
    route: 'POST /bank-accounts',
    body: () => ({
      ...ours(),
      type: 'CURRENT',
      iban: 'SE4550000000058398257466',
      bic: 'ESSESESS',
      bank_country: 'SE',
      account_code: '1920',
    }),
    refers: { account_code: 'code' },
  },
  {
    route: 'POST /bank-accounts',
    body: () => ({ ...ours(), type: 'CURRENT', iban: 'SE4550000000058398257466', bic: 'ESSESESS', bank_country: 'SE' }),
    refers: { business_partner_id: 'business_partner_id' },
  },
  ...(['POST', 'PUT'] as const).map((method) => ({
    route: `${method} /bank-accounts/{id}`,
    body: () => ({ name: 'Drift' }),
    refers: { account_code: 'code' },
  })),
  {
    route: 'POST /bank-transactions',
    body: () => ({ ...ours(), ...transaction() }),
    refers: { payee_bank_account_id: 'bank_account_id', payor_bank_account_id: 'bank_account_id' },
  },
  {
    route: 'POST /bank-transactions/{id}/statements',
    body: () => ({ category: 'OTHER', comment: 'Hm' }),
    refers: { business_partner_id: 'business_partner_id', voucher_id: 'voucher_id' },
  },
  { route: 'POST /bank-statements', body: statement, refers: statementRefers },
  { route: 'POST /banking/bank-statements', body: statement, refers: statementRefers },
  {
    route: 'POST /questions',
    body: () => ({ ...ours(), question: 'Hva?', bank_transaction_id: id('bank_transaction_id') }),
    refers: { bank_transaction_id: 'bank_transaction_id', document_id: 'document_id' },
  },
  ...['POST /documents', 'POST /documents/preview'].flatMap((route) => [
    {
      route,
      body: () => ({ ...ours(), ...document(), document_type: 'ARINV', document_status: 'DRAFT' }),
      refers: documentRefers,
    },
    { route, body: linked, refers: { journal_entry_id: 'journal_entry_id' } },
  ]),
  { route: 'PUT /documents/{id}', body: document, refers: documentRefers },
  { route: 'PATCH /documents/{id}', body: document, refers: documentRefers },
  {
    route: 'POST /banking/rules',
    body: () => ({ ...ours(), ...rule() }),
    refers: ruleRefers,
  },
  { route: 'PUT /banking/rules/{id}', body: rule, refers: ruleRefers },
  { route: 'PATCH /banking/rules/{id}', body: rule, refers: ruleRefers },
  {
    route: 'POST /banking/rules/dry-run',
    body: () => ({ ...ours(), condition: { text: 'gebyr' } }),
    refers: { 'condition.bank_account_id': 'bank_account_id' },
  },
  {
    route: 'POST /banking/matches',
    body: () => ({
      ...ours(),
      matches: [
        {
          transactions: [{ bank_transaction_id: id('bank_transaction_id', 1) }],
          postings: [
            {
              account_code: '7770',
              amount: '-100.00',
              dimensions: [{ type: 'department', id: id('department_id') }],
            },
          ],
        },
      ],
    }),
    refers: {
      'matches[0].rule_id': 'rule_id',
      'matches[0].transactions[0].detail_id': 'bank_transaction_id',
      'matches[0].difference.account_code': 'code',
      'matches[0].transactions[0].bank_transaction_id': 'bank_transaction_id',
      ...below('matches[0].postings[0]', CODED_LINE),
    },
  },
  {
    route: 'POST /banking/matches',
    body: () => ({
      ...ours(),
      matches: [
        {
          transactions: [{ bank_transaction_id: id('bank_transaction_id', 1) }],
          items: [{ journal_entry_id: id('journal_entry_id', 1), line_number: 1 }],
        },
      ],
    }),
    refers: { 'matches[0].items[0].journal_entry_id': 'journal_entry_id' },
  },
  {
    route: 'POST /banking/matches',
    body: () => ({
      ...ours(),
      matches: [
        {
          transactions: [{ bank_transaction_id: id('bank_transaction_id', 1) }],
          lines: [{ journal_entry_id: id('journal_entry_id', 1), line_number: 1 }],
        },
      ],
    }),
    refers: { 'matches[0].lines[0].journal_entry_id': 'journal_entry_id' },
  },
  {
    route: 'POST /banking/matches/automatic',
    body: ours,
    refers: { bank_account_id: 'bank_account_id' },
  },
  {
    route: 'POST /banking/reconciliations',
    body: () => ({ ...ours(), bank_account_id: id('bank_account_id'), date: '2026-02-28' }),
    refers: { bank_account_id: 'bank_account_id' },
  },
  ...(['POST', 'PUT'] as const).map((method) => ({
    route: `${method} /questions/{id}`,
    body: () => ({}),
    refers: { 'selected_answer_option_ids[0]': 'question_id' },
  })),
  {
    route: 'PUT /vat-return/remarks',
    body: () => ({
      ...ours(),
      from_date: '2026-01-01',
      to_date: '2026-02-28',
      remarks: [{ side: 'output', description: 'Hm' }],
    }),
    refers: { 'remarks[0].tax_code': 'code' },
  },
  {
    route: 'POST /consumer-invoicing/avtalegiro/claims',
    body: () => ({}),
    refers: { document_id: 'document_id' },
  },
  {
    route: 'POST /item-settlements',
    body: () => ({
      ...ours(),
      groups: [{ items: [{ line_number: 1 }, { journal_entry_id: id('journal_entry_id', 1), line_number: 1 }] }],
    }),
    refers: { 'groups[0].items[0].journal_entry_id': 'journal_entry_id' },
  },
];

/** The path with the ids of these books. */
function pathOf(route: string): string {
  const KINDS: [RegExp, string][] = [
    [/general-ledger/, 'gl_account_id'],
    [/tax-codes/, 'tax_code_id'],
    [/business-partners/, 'business_partner_id'],
    [/vouchers/, 'voucher_id'],
    [/assets/, 'asset_id'],
    [/bank-accounts/, 'bank_account_id'],
    [/bank-transactions/, 'bank_transaction_id'],
    [/documents/, 'document_id'],
    [/rules/, 'rule_id'],
    [/questions/, 'question_id'],
    [/received-invoices/, 'received_invoice_id'],
    [/recurring-invoices/, 'recurring_invoice_id'],
  ];
  const [, path] = route.split(' ');
  const isInQuery =
    ['/invoice-settings', '/reminder-settings'].includes(path!) || path!.startsWith('/consumer-invoicing/');
  const query = isInQuery ? `?client_account_id=${own.clientAccountId}` : '';
  return (path! + query)
    .replace('{client_account_id}', String(own.clientAccountId))
    .replace('{user_id}', String(own.ownerId))
    .replace('{code}', 'MACHINERY_AND_PLANT')
    .replace('{id}', () => String(id(KINDS.find(([pattern]) => pattern.test(path!))![1])));
}

/** Sets a value at `lines[0].account_code`; creates missing parents. */
function put(body: object, path: string, value: unknown): object {
  const copy = structuredClone(body) as any;
  const parts = path.split(/[.[\]]+/).filter(Boolean);
  let at = copy;
  parts.slice(0, -1).forEach((part, i) => (at = at[part] ??= /^\d+$/.test(parts[i + 1]!) ? [] : {}));
  const name = parts.at(-1)!;
  at[name] = value;
  if (name === 'account_id') delete at.account_code;
  if (name === 'journal_entry_id' && parts.length > 1) at.line_number ??= 1;
  if (path.includes('difference')) at.kind = 'fee';
  return copy;
}

/** An unused id: within the range of these books, but never assigned. */
const unborn = () => own.clientAccountId * 2 ** 31 + 2 ** 31 - 7;

const cases = ROWS.flatMap(({ refers, ...row }) =>
  Object.entries(refers).map(([path, kind]) => [row.route, path, { ...row, kind }] as const),
);

describe('what a field refers to must be there', () => {
  test.each(cases)('%s: %s', async (route, path, { kind, body, by }) => {
    const [method] = route.split(' ') as [string];
    const values = kind === 'code' ? ['NOPE9'] : [unborn(), ...(kind === 'none' ? [] : [victim.ids[kind]![0]!])];
    for (const value of values) {
      const answer = await (by?.() ?? own.owner).send(method, pathOf(route), put(body(), path, value));
      const fields = (answer.body?.details?.fields ?? []) as { path: string }[];
      expect([answer.status, fields.map((field) => field.path), answer.text.slice(0, 200)]).toEqual([
        400,
        [path],
        expect.anything(),
      ]);
      const declared = allRoutes.find((each) => `${each.method} ${each.path}` === route)!;
      expect(fault(declared, { ...answer, type: 'application/json; charset=utf-8' })).toBeUndefined();
    }
  });

  test('after all of them nothing has changed', async () => {
    expect(await fingerprint(running.connection, own.clientAccountId)).toEqual(before);
  });
});

/** Reference fields of every body that are exempt from the check, with the reason. */
const NAMES_A_RECORD = /(^|_)ids?(\[0\])?$|account_code$|tax_code$|^(asset|accumulated|expense)_account$/;
const NAMES_NONE: readonly RegExp[] = [
  // The books of the request, the record of the path, the creator: decided by access, or stated without effect.
  /[. ](client_account_id|id|created_by_id|updated_by_id|external_id)$/,
  // The bank's own.
  /[. ](message|payment|instruction|end_to_end|statement)_id$/,
  // Free text, beside `relation_type`; the code that is being created.
  /[. ]relation_id$/,
  /^POST \/general-ledger-accounts: account_code$/,
  // A draft may refer to unknown records; posting it refuses.
  /^(PUT|PATCH) \/journal-entries\/\{id\}: (voucher_id|lines)/,
  // Fields that repeat a response and change nothing.
  /^PUT \/general-ledger-accounts\/\{id\}: account_code$/,
  /^(POST|PUT) \/tax-codes.*: (acquisition_)?tax_account_id$/,
  /^(POST|PUT) \/bank-accounts\/\{id\}: business_partner_id$/,
  /^PATCH \/assets\/\{id\}\/property: asset_id$/,
  /^POST \/bank-transactions\/\{id\}\/statements: bank_transaction_id$/,
  /^POST \/questions: answer_options\[0\]\.question_id$/,
];

test('every field that names a record is held against it', () => {
  const held = new Set(cases.map(([route, path]) => `${route}: ${path}`));
  const forgotten = allRoutes
    .filter(({ body, consumes }) => body && !consumes)
    .flatMap((each) => leavesOf(each.body as Schema).map((path) => `${each.method} ${each.path}: ${path}`))
    .filter((where) => NAMES_A_RECORD.test(where.split(/[. ]/).at(-1)!))
    .filter((where) => !held.has(where) && !NAMES_NONE.some((pattern) => pattern.test(where)));
  expect(forgotten).toEqual([]);
});

function leavesOf(schema: Schema, path = ''): string[] {
  const { properties, items, anyOf } = schema;
  if (anyOf) return [...new Set(anyOf.flatMap((branch) => leavesOf(branch, path)))];
  if (items) return leavesOf(items, `${path}[0]`);
  if (!properties) return [path];
  return Object.entries(properties).flatMap(([name, each]) => leavesOf(each, path ? `${path}.${name}` : name));
}
