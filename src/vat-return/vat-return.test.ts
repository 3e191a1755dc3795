import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { afterAll, describe, expect, test } from 'vitest';
import { apiOf } from '../../test/support/http/domain-api.ts';
import { type Books, credit, debit, openBooks, testPlatform } from '../../test/support/books/books.ts';
import { withFiles } from '../../test/support/http/upload.ts';
import type { LineInput } from '../ledger/entries/entry-input.ts';
import { cancelEntry, createPeriodLock, verifyBooks } from '../ledger/index.ts';
import { fixedClock } from '../kernel/clock.ts';
import { parsePercent } from '../kernel/money.ts';
import { mastersRoutes } from '../masters/index.ts';
import { readVatReport } from '../reports/index.ts';
import { checkMessage } from './message/message-check.ts';
import type { ReturnLine } from './message/return-lines.ts';
import { messageOf, messageXml, type ReturnMessage } from './message/return-message.ts';
import { createSettlement } from './settlements/settlement-create.ts';
import type { SettlementView } from './settlements/settlement.ts';
import { dueDate, termOf, termsOf, termWith } from './terms/term.ts';
import { vatReturnRoutes } from './vat-return.routes.ts';

const platform = withFiles(testPlatform());
const api = apiOf([...vatReturnRoutes, ...mastersRoutes], platform);
const REFERENCE = join(import.meta.dirname, '../../../shared/reference/mva-melding');
const XSD = join(REFERENCE, 'xsd/no.skatteetaten.fastsetting.avgift.mva.skattemeldingformerverdiavgift.v1.0.xsd');
const folder = mkdtempSync(join(tmpdir(), 'hb-vat-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TERM = { from_date: '2025-01-01', to_date: '2025-02-28' };
const bank = '1920';
let nextNumber = 0;

/** Valid organisation numbers, each once. */
function organizationNumber(): string {
  for (;;) {
    const digits = String(91_000_000 + nextNumber++);
    const sum = [3, 2, 7, 6, 5, 4, 3, 2].reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return `${digits}${check}`;
  }
}

const open = () => openBooks({ organizationNumber: organizationNumber() });
const sale = (code: string, net: number, gross: number) => [
  debit(bank, gross),
  credit('3000', net, { tax_code: code }),
];
const bought = (code: string, net: number, gross: number) => [
  debit('6800', net, { tax_code: code }),
  credit(bank, gross),
];

/** Validates against the official schema, if it is available. */
function xmllint(xml: string): string {
  if (!existsSync(XSD)) return '';
  const file = join(folder, 'message.xml');
  writeFileSync(file, xml);
  return execFileSync('xmllint', ['--noout', '--schema', XSD, file], { encoding: 'utf8', stdio: 'pipe' });
}

async function get(books: Books, path: string, query: Record<string, string> = TERM) {
  const text = new URLSearchParams({ client_account_id: String(books.clientAccountId), ...query }).toString();
  return api.server.inject({
    method: 'GET',
    url: `/api/v2/vat-return/${path}?${text}`,
    headers: { authorization: `Bearer ${books.token}`, accept: 'application/json' },
  });
}

async function message(books: Books, query: Record<string, string> = TERM): Promise<string> {
  const answer = await get(books, 'message', query);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.body
    .replace(/<regnskapssystemsreferanse>[^<]*/, '<regnskapssystemsreferanse>R')
    .replace(/<organisasjonsnummer>\d{9}</, '<organisasjonsnummer>913238254<')
    .replace(/<systemversjon>[^<]*/, '<systemversjon>0');
}

async function rules(books: Books, query: Record<string, string> = TERM): Promise<string[]> {
  const answer = await get(books, 'message/check', query);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer
    .json<{ breaches: { rule: string; tax_code: string | null }[] }>()
    .breaches.map(({ rule, tax_code }) => `${rule} ${tax_code}`);
}

const settle = (books: Books, more: object = {}, headers: Record<string, string> = {}) =>
  api(
    'POST',
    '/vat-return/settlements',
    books.token,
    { client_account_id: books.clientAccountId, ...TERM, ...more },
    headers,
  );

function linesOf(view: SettlementView): string[] {
  return view.lines.map((line) => `${line.account_code} ${line.debit} ${line.credit}`);
}

async function balance(books: Books, account: string): Promise<string> {
  const { asOwner } = await import('../../test/support/books/people.ts');
  const { rows } = await asOwner(
    'select coalesce(sum(debit - credit), 0)::text as balance from journal_entry_lines where client_account_id = $1 and account_code = $2',
    [books.clientAccountId, account],
  );
  return rows[0]!.balance as string;
}

describe('terms', () => {
  test('two months, month, year and their due dates, moved past weekends and movable holidays', () => {
    const due = termsOf(2025, 'BIMONTHLY').map((term) => dueDate(termOf(term)!));
    expect(due).toEqual(['2025-04-10', '2025-06-10', '2025-09-01', '2025-10-10', '2025-12-10', '2026-02-10']);
    // 10 April 2020 was Good Friday; 10 April 2023 Easter Monday; 31 August 2024 a Saturday.
    expect(dueDate(termOf({ from: '2020-01-01', to: '2020-02-29' })!)).toBe('2020-04-14');
    expect(dueDate(termOf({ from: '2023-01-01', to: '2023-02-28' })!)).toBe('2023-04-11');
    expect(dueDate(termOf({ from: '2024-05-01', to: '2024-06-30' })!)).toBe('2024-09-02');
    expect(dueDate(termOf({ from: '2025-01-01', to: '2025-12-31' })!)).toBe('2026-03-10');
    expect(dueDate(termOf({ from: '2025-01-01', to: '2025-12-31' })!, true)).toBe('2026-04-10');
    expect(dueDate(termOf({ from: '2025-01-01', to: '2025-01-31' })!)).toBe('2025-03-10');
    expect(termsOf(2025, 'MONTHLY')).toHaveLength(12);
    expect(termsOf(2025, 'YEARLY')).toEqual([{ from: '2025-01-01', to: '2025-12-31' }]);
    expect(termWith('2024-02-29', 'BIMONTHLY')).toEqual({ from: '2024-01-01', to: '2024-02-29' });
  });

  test.each([
    ['2025-01-01', '2025-02-28', 'januar-februar'],
    ['2025-11-01', '2025-12-31', 'november-desember'],
    ['2025-05-01', '2025-05-31', 'mai'],
    ['2025-04-01', '2025-06-30', 'april-juni'],
    ['2025-07-01', '2025-12-31', 'juli-desember'],
    ['2025-01-01', '2025-12-31', 'aarlig'],
    ['2025-02-01', '2025-03-31', undefined],
    ['2025-01-02', '2025-02-28', undefined],
    ['2024-12-01', '2025-01-31', undefined],
    ['2025-01-01', '2025-05-31', undefined],
  ])('%s to %s is %s', (from, to, value) => {
    expect(termOf({ from, to })?.value).toBe(value);
  });

  test('of a client account, by its setting', async () => {
    const books = await open();
    await books.post('2025-01-10', sale('3', 1000, 1250));
    const settled = (await settle(books)).body as SettlementView;
    const answer = await get(books, 'terms', { year: '2025' });
    expect(answer.json()).toMatchObject({
      frequency: 'BIMONTHLY',
      terms: [{ ...TERM, due_date: '2025-04-10', settlement_id: settled.id }, {}, {}, {}, {}, {}],
    });
  });
});

describe('the return', () => {
  const everything: LineInput[][] = [
    sale('3', 20000.9, 25001.13),
    sale('31', 2000, 2300),
    sale('32', 1000, 1111.1),
    sale('33', 1000, 1120),
    sale('5', 500, 500),
    sale('51', 400, 400),
    sale('52', 300, 300),
    sale('6', 200, 200),
    sale('7', 100, 100),
    bought('1', 4000, 5000),
    bought('11', 1000, 1150),
    bought('12', 1000, 1111.1),
    bought('13', 1000, 1120),
    [debit('2714', 250, { tax_code: '14' }), credit(bank, 250)],
    [debit('2715', 150, { tax_code: '15' }), credit(bank, 150)],
    bought('20', 10, 10),
    bought('21', 10, 10),
    ...['81', '82', '83', '84'].map((code) => [debit('4300', 1000, { tax_code: code }), credit('4300', 1000)]),
    ...['85', '86', '87', '88', '89', '91', '92'].map((code) => bought(code, 1000, 1000)),
  ];

  test('every code: valid against the schema, øre cut per line, as the golden file', async () => {
    const books = await open();
    for (const lines of everything) await books.post('2025-02-10', lines);
    const xml = await message(books);
    xmllint(xml);
    await expect(xml).toMatchFileSnapshot('../../test/golden/mva-melding/every-code.xml');
    expect(xml).not.toMatch(/<mvaKode>(0|7|20|21|22)</);
    const sum = [...xml.matchAll(/<merverdiavgift>(-?\d+)</g)].reduce((total, [, vat]) => total + Number(vat), 0);
    expect(Number(/<fastsattMerverdiavgift>(-?\d+)/.exec(xml)![1])).toBe(sum);
    expect(await rules(books)).toEqual([]);
  });

  test('nothing happened: a return with no lines; yearly; remarks; refund with KID', async () => {
    const books = await open();
    const empty = await message(books);
    xmllint(empty);
    await expect(empty).toMatchFileSnapshot('../../test/golden/mva-melding/empty.xml');
    await books.post('2025-01-10', [debit('3000', 400, { tax_code: '3' }), credit(bank, 500)]);
    const saved = await api('PUT', '/vat-return/remarks', books.token, {
      client_account_id: books.clientAccountId,
      ...TERM,
      remarks: [{ tax_code: '3', side: 'output', remark: 'kreditnota' }, { description: 'Retur fra Ås & <Sønn>' }],
    });
    expect(saved.status, JSON.stringify(saved.body)).toBe(200);
    const xml = await message(books, { ...TERM, kid: '34000009324568708' });
    xmllint(xml);
    await expect(xml).toMatchFileSnapshot('../../test/golden/mva-melding/credit-note.xml');
    const yearly = await message(books, {
      from_date: '2025-01-01',
      to_date: '2025-12-31',
      category: 'primaernaering',
    });
    xmllint(yearly);
    expect(yearly).toMatch(/<skattleggingsperiodeAar>aarlig<.*\n.*\n.*<aar>2025/);
  });

  test('two rates of one code are two lines; own codes have their own, with their specification', async () => {
    const books = await open();
    const made = await api('POST', '/tax-codes', books.token, {
      client_account_id: books.clientAccountId,
      code: '3U',
      standard_code: '3',
      description_nob: 'Uttak',
      specification: 'uttak',
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    await books.post('2020-03-10', sale('33', 1000, 1120));
    await books.post('2020-04-10', sale('33', 1000, 1060));
    await books.post('2020-04-11', sale('3', 100, 125));
    await books.post('2020-04-11', sale('3U', 100, 125));
    const xml = await message(books, { from_date: '2020-03-01', to_date: '2020-04-30' });
    const lines = [
      ...xml.matchAll(
        /<mvaKode>(\d+)<\/mvaKode>\s*(?:<spesifikasjon>(\w+)<\/spesifikasjon>\s*)?<mvaKodeRegnskapsystem>(\w+)[^]*?<sats>([\d,]+)<\/sats>\s*<merverdiavgift>(-?\d+)/g,
      ),
    ];
    expect(lines.map(([, ...parts]) => parts)).toEqual([
      ['3', undefined, '3', '25', '25'],
      ['3', 'uttak', '3U', '25', '25'],
      ['33', undefined, '33', '12', '120'],
      ['33', undefined, '33', '6', '60'],
    ]);
  });

  test('three sales of 33.33: the return says 24', async () => {
    const books = await open();
    for (let i = 0; i < 3; i++) await books.post('2025-01-10', sale('3', 33.33, 41.66));
    const xml = await message(books);
    expect(xml).toMatch(/<grunnlag>99<[^]*<merverdiavgift>24</);
    expect(await rules(books)).toEqual([]);
  });

  test('days that are no term, a client without number, remarks that cannot be', async () => {
    const books = await open();
    expect((await get(books, 'message', { from_date: '2025-01-01', to_date: '2025-01-30' })).statusCode).toBe(422);
    const nameless = await openBooks();
    expect((await get(nameless, 'message')).json()).toMatchObject({
      details: { code: 'vat_return.organization_number_missing' },
    });
    const bad = await api('PUT', '/vat-return/remarks', books.token, {
      client_account_id: books.clientAccountId,
      ...TERM,
      remarks: [
        { tax_code: '77', side: 'output', remark: 'kreditnota' },
        { tax_code: '3', side: 'output', remark: 'ukjent' },
        { tax_code: '3', side: 'output' },
        { tax_code: '3', remark: 'kreditnota' },
      ],
    });
    expect(bad.status).toBe(400);
    expect(JSON.stringify(bad.body)).toMatch(/remarks\[0\].*remarks\[1\].*remarks\[2\].*remarks\[3\]/s);
  });
});

describe('validation rules', () => {
  test('a credit note alone demands a remark, which must fit', async () => {
    const books = await open();
    await books.post('2025-01-10', [debit('3000', 400, { tax_code: '3' }), credit(bank, 500)]);
    expect(await rules(books)).toEqual(['R020 3']);
    const remark = (name: string) =>
      api('PUT', '/vat-return/remarks', books.token, {
        client_account_id: books.clientAccountId,
        ...TERM,
        remarks: [{ tax_code: '3', side: 'output', remark: name }],
      });
    await remark('kreditnota');
    expect(await rules(books)).toEqual([]);
    await remark('midlertidig innførsel');
    expect(await rules(books)).toEqual(['R074 3']);
  });

  const term = termOf({ from: '2025-01-01', to: '2025-02-28' })!;
  const line = (
    standardCode: string,
    vat: number,
    base: number | null,
    more: Partial<ReturnLine> = {},
  ): ReturnLine => ({
    standardCode,
    specification: null,
    ownCode: standardCode,
    side: base === null ? 'deduction' : 'output',
    base: base === null ? null : BigInt(base),
    rate: base === null ? null : parsePercent('25'),
    vat: BigInt(vat),
    exact: BigInt(vat) * 100n,
    remark: null,
    ...more,
  });
  const whole = (lines: ReturnLine[], more: Partial<ReturnMessage> = {}): ReturnMessage => ({
    ...messageOf({
      reference: 'R',
      system: { name: 'Hovedbok', version: '1' },
      term,
      lines,
      kid: null,
      organizationNumber: '913238254',
      category: 'alminnelig',
      remark: null,
    }),
    ...more,
  });
  const remark = { selected: 'kreditnota' };
  const zero = parsePercent('0');

  test.each<[string, ReturnMessage, string[]]>([
    ['clean', whole([line('3', 250, 1000), line('1', -100, null)]), []],
    ['unknown code', whole([line('7', 0, 100)]), ['R001 refuses']],
    ['deduction on a code without', whole([line('87', -100, null)]), ['R001 refuses']],
    ['rate of another time', whole([line('33', 60, 1000, { rate: parsePercent('6') })]), ['R002 refuses']],
    ['unknown specification', whole([line('3', 250, 1000, { specification: 'annet' })]), ['R003 refuses']],
    ['bad debts on a sale', whole([line('3', 250, 1000, { specification: 'tapPåKrav' })]), ['R038 refuses']],
    [
      'withdrawal of fish',
      whole([line('32', 111, 1000, { rate: parsePercent('11.11'), specification: 'uttak' })]),
      ['R039 refuses'],
    ],
    ['adjustment on 11', whole([line('11', -1, null, { specification: 'justering' })]), ['R040 refuses']],
    [
      'reversal on 11',
      whole([line('11', 1, null, { specification: 'tilbakeføringAvInngåendeMerverdiavgift', remark })]),
      ['R114 refuses', 'R074 deviates'],
    ],
    ['output without base', whole([line('3', 250, 1000, { base: null, rate: null })]), ['R065 refuses']],
    ['input with base', whole([line('1', -100, 400, { side: 'deduction' })]), ['R066 refuses']],
    ['VAT above its base', whole([line('3', 1000, 1000)]), ['R122 refuses', 'R019 deviates']],
    ['VAT missing', whole([line('3', 0, 40)]), ['R127 refuses']],
    ['too small for VAT', whole([line('3', 0, 3)]), []],
    ['base too large', whole([line('52', 0, 1_000_000_000_000, { rate: zero })]), ['R085 refuses']],
    ['negative base', whole([line('52', 0, -100, { rate: zero })]), ['R020 refuses']],
    ['negative base on 5 is allowed', whole([line('5', 0, -100, { rate: zero })]), []],
    ['positive deduction', whole([line('1', 100, null)]), ['R021 refuses']],
    ['bad debts may be positive', whole([line('1', 100, null, { specification: 'tapPåKrav' })]), []],
    [
      'reversal without remark',
      whole([line('1', 100, null, { specification: 'tilbakeføringAvInngåendeMerverdiavgift' })]),
      ['R078 refuses'],
    ],
    ['81 deduction alone', whole([line('81', -100, null)]), ['R028 refuses']],
    ['91 deduction alone', whole([line('91', -100, null)]), ['R032 refuses']],
    ['86 without deduction', whole([line('86', 250, 1000)]), ['R035 deviates']],
    ['86 deduction too large', whole([line('86', 250, 1000), line('86', -300, null)]), ['R025 deviates']],
    ['wrong total', { ...whole([line('3', 250, 1000)]), total: 1n }, ['R018 deviates']],
    ['total without lines', { ...whole([]), total: 1n }, ['R018 deviates', 'R084 refuses']],
    ['far from base × rate', whole([line('3', 100, 1000)]), ['R019 deviates']],
    ['near enough to base × rate', whole([line('3', 245, 1000)]), []],
    ['bad KID', whole([], { kid: '12345' }), ['R079 refuses']],
    ['good KID', whole([], { kid: '34000009324568708' }), []],
    ['unlisted remark', whole([line('3', 250, 1000, { remark: { selected: 'x' } })]), ['R069 refuses']],
    ['remark of a line on the whole', whole([], { remark }), ['R070 refuses']],
    ['number that is none', whole([], { organizationNumber: '12345678' }), ['R003 refuses']],
    ['term not over', whole([], { term: termOf({ from: '2026-03-01', to: '2026-04-30' })! }), ['R059 refuses']],
    ['four years late', whole([], { term: termOf({ from: '2021-05-01', to: '2021-06-30' })! }), ['R132 deviates']],
    ['six years late', whole([], { term: termOf({ from: '2019-05-01', to: '2019-06-30' })! }), ['R133 deviates']],
    [
      'year with much turnover',
      whole([line('3', 300_000, 1_200_000)], { term: termOf({ from: '2025-01-01', to: '2025-12-31' })! }),
      ['R052 deviates'],
    ],
  ])('%s', (_, given, expected) => {
    const found = checkMessage(given, new Date('2026-03-15T10:00:00Z'));
    expect(found.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(expected);
  });

  const examples = existsSync(REFERENCE)
    ? readdirSync(join(REFERENCE, 'examples')).filter(
        (name) => name.endsWith('.xml') && !name.startsWith('kompensasjon'),
      )
    : [];

  test.skipIf(examples.length === 0)(
    'the official examples have our structure and break none of the rules that refuse',
    () => {
      for (const name of examples) {
        const xml = readFileSync(join(REFERENCE, 'examples', name), 'utf8');
        const given = readExample(xml);
        const own = messageXml(given);
        xmllint(own);
        expect(plain(own), name).toBe(plain(xml));
        // They are of March and April 2021, when the low rate was 6 %, but use 12.
        const refused = checkMessage(given, new Date('2021-06-01T10:00:00Z')).filter(
          ({ severity, rule, line }) =>
            severity === 'refuses' &&
            !(rule === 'R002' && ['33', '88', '89'].includes(given.lines[line! - 1]!.standardCode)),
        );
        expect(refused, name).toEqual([]);
      }
    },
  );

  function readExample(xml: string): ReturnMessage {
    const leaf = (part: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(part)?.[1] ?? null;
    const head = xml.split('<mvaSpesifikasjonslinje>')[0]!;
    const tail = xml.split('</mvaSpesifikasjonslinje>').at(-1)!;
    const lines = [...xml.matchAll(/<mvaSpesifikasjonslinje>([^]*?)<\/mvaSpesifikasjonslinje>/g)].map(
      ([, part]): ReturnLine => {
        const [base, rate, selected, description] = ['grunnlag', 'sats', 'utvalgtMerknad', 'beskrivelse'].map((one) =>
          leaf(part!, one),
        );
        const vat = BigInt(leaf(part!, 'merverdiavgift')!);
        return {
          standardCode: leaf(part!, 'mvaKode')!,
          specification: leaf(part!, 'spesifikasjon'),
          ownCode: leaf(part!, 'mvaKodeRegnskapsystem')!,
          side: base == null ? 'deduction' : 'output',
          base: base == null ? null : BigInt(base),
          rate: rate == null ? null : parsePercent(rate.replace(',', '.')),
          vat,
          exact: vat * 100n,
          remark: selected ? { selected } : description ? { description } : null,
        };
      },
    );
    const months = /ToMaaneder>([a-z]+)-/.exec(head)?.[1];
    const from = months === 'mars' ? '03-01' : '01-01';
    const year = leaf(head, 'aar')!;
    const to = from === '03-01' ? '04-30' : '02-28';
    const note = leaf(tail, 'beskrivelse');
    return {
      ...messageOf({
        reference: leaf(head, 'regnskapssystemsreferanse')!,
        system: { name: leaf(head, 'systemnavn')!, version: leaf(head, 'systemversjon')! },
        term: termOf({ from: `${year}-${from}`, to: `${year}-${to}` })!,
        lines,
        kid: leaf(tail, 'kundeIdentifikasjonsnummer'),
        organizationNumber: leaf(tail, 'organisasjonsnummer')!,
        category: leaf(tail, 'meldingskategori') as 'alminnelig',
        remark: note ? { description: note } : null,
      }),
    };
  }

  function plain(xml: string): string {
    return xml
      .replace(/<!--[^]*?-->/g, '')
      .replace(/>\s+</g, '><')
      .trim();
  }
});

describe('settlement', () => {
  test('VAT accounts to 2740 in whole kroner, øre to rounding, the return as its voucher', async () => {
    const books = await open();
    await books.post('2025-01-10', sale('3', 1000.5, 1250.63));
    await books.post('2025-02-10', bought('1', 400, 500));
    await books.post('2025-02-11', bought('86', 1000, 1000));
    const dry = await settle(books, { dry_run: true });
    expect(dry.body).toMatchObject({ id: null, is_dry_run: true, settlement_journal_entry_id: null });
    expect((await get(books, 'settlements', {})).json<{ data: unknown[] }>().data).toEqual([]);
    const made = await settle(books);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const view = made.body as SettlementView;
    expect(linesOf(view)).toEqual([
      '2700 250.13 0.00',
      '2706 250.00 0.00',
      '2710 0.00 100.00',
      '2716 0.00 250.00',
      '2740 0.00 150.00',
      '3990 0.00 0.13',
    ]);
    expect(linesOf(dry.body as SettlementView)).toEqual(linesOf(view));
    expect(view).toMatchObject({
      kind: 'FULL',
      version: 1,
      vat_payable: '150.00',
      due_date: '2025-04-10',
      entry_date: '2025-02-28',
    });
    for (const account of ['2700', '2706', '2710', '2716']) expect(await balance(books, account)).toBe('0');
    expect(view.settlement_voucher_id).not.toBe(null);
    const submissions = (await get(books, 'submissions', { page_size: '10' })).json<{ data: object[] }>();
    expect(submissions.data).toMatchObject([
      {
        id: view.id,
        created_at: view.created_at,
        created_by_id: books.userId,
        client_account_id: books.clientAccountId,
        ...TERM,
        settlement_voucher_id: view.settlement_voucher_id,
        settlement_journal_entry_id: view.settlement_journal_entry_id,
        status: 'PREPARED',
      },
    ]);
    const one = await api('GET', `/vat-return/settlements/${view.id}`, books.token);
    expect(one.body).toEqual(view);
    // The settlement itself is reconciliation: the return is unchanged.
    expect(await message(books)).toMatch(/<fastsattMerverdiavgift>150</);
    expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
  });

  test('a term that comes to nothing is settled, and the VAT report knows it as settled', async () => {
    const books = await open();
    await books.post('2025-01-10', sale('3', 1000, 1250));
    await books.post('2025-02-10', bought('1', 1000, 1250));
    const made = await settle(books);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(linesOf(made.body as SettlementView)).toEqual(['2700 250.00 0.00', '2710 0.00 250.00']);
    const report = async () =>
      books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'read' }, (tx) =>
        readVatReport(
          { tx, database: books.platform.database, clientAccountId: books.clientAccountId, now: new Date() },
          { range: { from: TERM.from_date, to: TERM.to_date }, asOf: null },
        ),
      );
    const settled = await report();
    expect(settled.notes.map(({ kind }) => kind)).toEqual(['settlement', 'settlement']);
    expect(settled.discrepancies).toEqual([]);
    await books.run(cancelEntry, { id: (made.body as SettlementView).settlement_journal_entry_id!, reason: 'feil' });
    expect((await report()).notes.map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'settlement'));
  });

  test('a refund is a claim on 2740; cut øre may be a loss', async () => {
    const books = await open();
    await books.post('2025-02-10', bought('1', 400.51, 500.64));
    expect(linesOf((await settle(books)).body as SettlementView)).toEqual([
      '2710 0.00 100.13',
      '2740 100.00 0.00',
      '7740 0.13 0.00',
    ]);
  });

  test('a second one is refused, until VAT of the term changes: then the difference', async () => {
    const books = await open();
    await books.post('2025-01-10', sale('3', 1000, 1250));
    const first = (await settle(books)).body as SettlementView;
    const again = await settle(books);
    expect([again.status, again.body.details.code]).toEqual([409, 'vat_return.already_settled']);
    await books.post('2025-03-20', sale('3', 400, 500), { vat_term: '2025-02-15' });
    const late = (await settle(books, { entry_date: '2025-03-31' })).body as SettlementView;
    expect(late).toMatchObject({ kind: 'DIFFERENCE', version: 2, vat_payable: '350.00', entry_date: '2025-03-31' });
    expect(linesOf(late)).toEqual(['2700 100.00 0.00', '2740 0.00 100.00']);
    // The return is complete and new, never a supplement.
    expect(await message(books)).toMatch(/<merverdiavgift>350</);
    await books.run(cancelEntry, { id: first.settlement_journal_entry_id!, reason: 'feil' });
    const anew = (await settle(books)).body as SettlementView;
    expect(linesOf(anew)).toEqual(['2700 250.00 0.00', '2740 0.00 250.00']);
    expect(await balance(books, '2700')).toBe('0');
    expect((await settle(books)).status).toBe(409);
  });

  test('two at once: one is posted, the other refused', async () => {
    const books = await open();
    await books.post('2025-01-10', sale('3', 1000, 1250));
    const answers = await Promise.all([1, 2, 3, 4].map(() => settle(books)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409]);
    expect(await balance(books, '2740')).toBe('-25000');
  });

  test('while others post VAT of the term: what is settled is what stood at the posting', async () => {
    const books = await open();
    await books.post('2025-01-10', sale('3', 1000, 1250));
    const posting = (async () => {
      for (let i = 0; i < 15; i++) await books.post('2025-01-10', sale('3', 100, 125));
    })();
    const first = await settle(books);
    await posting;
    expect([201, 409]).toContain(first.status);
    const rest = await settle(books);
    expect([201, 409]).toContain(rest.status);
    expect(await balance(books, '2700')).toBe('0');
    expect(await balance(books, '2740')).toBe(String(-25000 - 15 * 2500));
  });

  test('the same request under one key is answered once', async () => {
    const books = await open();
    await books.post('2025-01-10', sale('3', 1000, 1250));
    const key = { 'idempotency-key': 'settle-1' };
    const [one, two] = [await settle(books, {}, key), await settle(books, {}, key)];
    expect(two.body).toEqual(one.body);
    expect(await balance(books, '2740')).toBe('-25000');
  });

  test('no VAT, no term, an overlap, a date within the term, a locked period', async () => {
    const books = await open();
    expect((await settle(books)).body.details.code).toBe('vat_return.nothing_to_settle');
    expect((await settle(books, { to_date: '2025-02-27' })).body.details.code).toBe('vat_return.not_a_term');
    expect((await settle(books, { entry_date: '2025-02-27' })).status).toBe(400);
    await books.post('2025-01-10', sale('3', 1000, 1250));
    await settle(books, { to_date: '2025-01-31' });
    expect((await settle(books)).body.details.code).toBe('vat_return.overlapping');
    const locked = await open();
    await locked.post('2025-01-10', sale('3', 1000, 1250));
    await locked.run(createPeriodLock, { lockedUntilDate: '2025-03-31', comment: 'levert' });
    expect((await settle(locked)).body.details.code).toBe('ledger.period_locked');
    expect((await settle(locked, { entry_date: '2025-04-01' })).status).toBe(201);
  });

  test('without a file store and without a number there is no voucher', async () => {
    const books = await openBooks({ clock: fixedClock('2026-03-15T10:00:00Z') });
    await books.post('2025-01-10', sale('3', 1000, 1250));
    const view = await books.run(createSettlement, { term: { from: '2025-01-01', to: '2025-02-28' }, dryRun: false });
    expect(view.settlement_voucher_id).toBe(null);
  });
});

test('the report of the return has the rows alone', async () => {
  const books = await open();
  await books.post('2025-01-10', sale('3', 1000, 1250));
  const answer = await get(books, 'report');
  expect(answer.statusCode, answer.body).toBe(200);
  expect(Object.keys(answer.json())).toEqual(['data']);
  expect(answer.json<{ data: object[] }>().data[0]).toMatchObject({
    reportable_tax_amount: 250,
    discrepancy_note: null,
  });
});

test('a settlement that is refused leaves no return behind', async () => {
  const books = await open();
  await books.post('2025-01-10', sale('3', 1_000, 1_250));
  await books.run(createPeriodLock, { lockedUntilDate: '2025-03-31', comment: 'x' });
  const term = { from: '2025-01-01', to: '2025-02-28' };
  const call = books.call();
  await expect(createSettlement.call(platform, call, { term, dryRun: false })).rejects.toMatchObject({
    code: 'ledger.period_locked',
  });
  const files = await platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'read' }, (tx) =>
    tx.rows(sql`select name from files where client_account_id = ${books.clientAccountId} and is_active`),
  );
  expect(files).toEqual([]);
  const posted = await createSettlement.call(platform, call, { term, dryRun: false, entryDate: '2025-04-10' });
  expect(posted.value.id).not.toBeNull();
});

test('two settlements of overlapping terms at once: the second knows of the first', async () => {
  const books = await open();
  await books.post('2025-01-10', sale('3', 1_000, 1_250));
  const terms = [
    { from: '2025-01-01', to: '2025-02-28' },
    { from: '2025-01-01', to: '2025-12-31' },
  ];
  const answers = await Promise.allSettled(
    terms.map((term) => createSettlement.call(platform, books.call(), { term, dryRun: false })),
  );
  const settled = answers.filter(({ status }) => status === 'fulfilled').length;
  const payable = await platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'read' }, (tx) =>
    tx.one<{ sum: number }>(
      sql`select sum(payable)::bigint as sum from vat_settlements where client_account_id = ${books.clientAccountId}`,
    ),
  );
  expect([settled >= 1, payable.sum]).toEqual([true, 250]);
});
