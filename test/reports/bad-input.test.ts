import { beforeAll, describe, expect, test } from 'vitest';
import {
  addDimensionValue,
  addPartner,
  type Books,
  credit,
  debit,
  openBooks,
  testServer,
} from '../support/books/books.ts';

/** The responses of the six reports to invalid queries, and to queries without results. */

interface Report {
  path: string;
  /** Its parameters for the days; one of them for a report of a single day. */
  days: readonly string[];
  formats: readonly string[];
  takes: readonly string[];
}

const FILTERS = ['dimensions', 'include_drafts'];
const REPORTS: Report[] = [
  { path: 'balance-sheet', days: ['report_date'], formats: ['excel', 'html', 'pdf', 'json'], takes: FILTERS },
  {
    path: 'income-statement',
    days: ['date_from', 'date_to'],
    formats: ['excel', 'html', 'pdf', 'json'],
    takes: [...FILTERS, 'compare'],
  },
  { path: 'vat', days: ['from_date', 'to_date'], formats: ['html', 'pdf', 'json'], takes: [] },
  {
    path: 'trial-balance',
    days: ['date_from', 'date_to'],
    formats: ['excel', 'html', 'pdf', 'json'],
    takes: [...FILTERS, 'account_codes'],
  },
  {
    path: 'general-ledger',
    days: ['start_date', 'end_date'],
    formats: ['excel', 'html', 'pdf', 'json'],
    takes: [...FILTERS, 'account_codes', 'page', 'per_page'],
  },
  {
    path: 'saf-t-financial',
    days: ['start_date', 'end_date'],
    formats: [],
    takes: ['version', 'max_file_bytes', 'warnings'],
  },
];
const OF_RANGES = REPORTS.filter(({ days }) => days.length === 2);
const WITH_FORMAT = REPORTS.filter(({ formats }) => formats.length > 0);
const named = (reports: Report[]) => reports.map((report) => [report.path, report] as const);

/** A value that no parameter of this name accepts. */
const MALFORMED: Record<string, string> = {
  dimensions: 'department',
  include_drafts: 'maybe',
  compare: 'next_year',
  account_codes: '7000-6000',
  page: '0',
  per_page: 'all',
  version: '2.0',
  max_file_bytes: '1',
  warnings: 'perhaps',
  as_of: 'yesterday',
};

const server = await testServer();
let books: Books;
beforeAll(async () => {
  books = await openBooks({ organizationNumber: '983746179' });
  const partner = await addPartner(books);
  await books.post('2025-02-10', [
    debit('1500', 1250, { business_partner_id: partner }),
    credit('3000', 1000, { tax_code: '3' }),
  ]);
});

type Query = Record<string, string | string[]>;

async function ask(path: string, query: Query, headers: Record<string, string> = { accept: 'application/json' }) {
  const answer = await server.inject({
    method: 'GET',
    url: `/api/v2/reports/${path}`,
    query,
    headers: { authorization: `Bearer ${books.token}`, ...headers },
  });
  const isJson = String(answer.headers['content-type']).startsWith('application/json');
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const body: any = isJson ? answer.json() : null;
  const fields = ((body?.details?.fields ?? []) as { path: string }[]).map((field) => field.path).sort();
  return { status: answer.statusCode, code: body?.details?.code, fields, body, headers: answer.headers };
}

const mine = () => ({ client_account_id: String(books.clientAccountId) });
/** The report's own names for a first and a last day. */
const within = ({ days }: Report, from: string, to: string): Query =>
  Object.fromEntries(days.map((name, at) => [name, at === 0 && days.length === 2 ? from : to]));
const asked = (report: Report, from = '2025-01-01', to = '2025-12-31'): Query => ({
  ...mine(),
  ...within(report, from, to),
});

describe.each(named(REPORTS))('%s', (path, report) => {
  test('without anything: every parameter that is missing, at once', async () => {
    const answer = await ask(path, {}, {});
    expect([answer.status, answer.code]).toEqual([400, 'request.invalid']);
    const format = report.formats.length > 0 ? ['format'] : [];
    expect(answer.fields).toEqual(['client_account_id', ...report.days, ...format].sort());
    expect(answer.body).toMatchObject({ status: 400, error: expect.any(String), message: expect.any(String) });
  });

  test('everything malformed and something unknown: every fault at once', async () => {
    const names = [...report.takes, 'as_of'];
    const format: Query = report.formats.length > 0 ? { format: 'docx' } : {};
    const query: Query = {
      client_account_id: 'mine',
      ...within(report, '2025-02-29', '31.12.2025'),
      ...Object.fromEntries(names.map((name) => [name, MALFORMED[name]!])),
      ...format,
      colour: 'red',
    };
    const answer = await ask(path, query);
    expect([answer.status, answer.code]).toEqual([400, 'request.invalid']);
    expect([...new Set(answer.fields)]).toEqual(Object.keys(query).sort());
    for (const fault of answer.body.details.fields) expect(fault.problem.length).toBeGreaterThan(5);
  });

  test.each(['0', '-1', '1.5', '1e3', '', ' 2', '99999999999999999999'])('client account "%s"', async (id) => {
    const answer = await ask(path, { ...asked(report), client_account_id: id });
    expect([answer.status, answer.fields]).toEqual([400, ['client_account_id']]);
  });

  test('a parameter given twice, and the names of other reports', async () => {
    const twice = await ask(path, { ...asked(report), [report.days[0]!]: ['2025-01-01', '2025-01-02'] });
    expect([twice.status, twice.fields]).toEqual([400, [report.days[0]]]);
    const other = {
      date_from: '2025-01-01',
      from_date: '2025-01-01',
      start_date: '2025-01-01',
      report_date: '2025-01-01',
    };
    const answer = await ask(path, { ...asked(report), ...other });
    const unknown = Object.keys(other).filter((name) => !report.days.includes(name));
    expect([answer.status, answer.fields]).toEqual([400, unknown.sort()]);
  });

  test.each(['2025-02-29', '2025-2-1', '20250201', '2025-02-01T00:00:00Z', '', '0000-01-01', '2025-13-01'])(
    'the day "%s"',
    async (day) => {
      const last = report.days.at(-1)!;
      const answer = await ask(path, { ...asked(report), [last]: day });
      expect([answer.status, answer.fields]).toEqual([400, [last]]);
    },
  );

  test('no credentials 401, no access 403, an unknown client account 404, before anything else of the question', async () => {
    const theirs = await openBooks();
    const at = (id: number) => ({ ...asked(report, '2025-12-31', '2025-01-01'), client_account_id: String(id) });
    expect((await ask(path, asked(report), { authorization: '' })).status).toBe(401);
    const none = await ask(path, at(theirs.clientAccountId));
    expect([none.status, none.code]).toEqual([403, 'request.no_access']);
    const unknown = await ask(path, at(4_000_000));
    expect([unknown.status, unknown.code]).toEqual([404, 'request.not_found']);
  });

  test('a moment to come is 422', async () => {
    const answer = await ask(path, { ...asked(report), as_of: '2999-01-01T00:00:00Z' });
    expect([answer.status, answer.code]).toEqual([422, 'reports.as_of_future']);
  });

  test('days before and after all books are an empty report', async () => {
    for (const year of ['0001', '1950', '9999']) {
      const answer = await ask(path, asked(report, `${year}-01-01`, `${year}-12-31`));
      expect([answer.status, path, year]).toEqual([200, path, year]);
      if (path === 'saf-t-financial') expect(answer.headers['content-type']).toBe('application/zip');
      else if (path === 'income-statement') expect(answer.body.rows).toEqual([]);
      // The balance carried forward is shown; there are no movements.
      else if (year !== '9999' || path === 'vat') expect(answer.body.rows.filter(moves)).toEqual([]);
    }
  });
});

const moves = (row: Record<string, unknown>) =>
  [
    'debit',
    'credit',
    'balance',
    'incoming_balance',
    'base_debit_amount',
    'base_credit_amount',
    'posted_tax_credit_amount',
  ].some((name) => row[name] !== undefined && row[name] !== 0);

describe.each(named(OF_RANGES))('%s: range of days', (path, report) => {
  const [first, last] = report.days as [string, string];
  const formats = report.formats.length > 0 ? report.formats : [undefined];

  test.each(formats)(
    '%s: the last day before the first, and over ten years, are 422 under their own names',
    async (format) => {
      const more: Query = format === undefined ? {} : { format };
      const order = await ask(path, { ...asked(report, '2025-12-31', '2025-12-30'), ...more });
      expect([order.status, order.code, order.fields]).toEqual([422, 'reports.date_order', [first]]);
      expect(order.body.details).toMatchObject({ from: '2025-12-31', to: '2025-12-30' });
      expect(order.body.details.fields[0].problem).toContain(last);
      const long = await ask(path, { ...asked(report, '2015-01-01', '2025-01-01'), ...more });
      expect([long.status, long.code, long.fields]).toEqual([422, 'reports.range_too_long', [last]]);
      expect(long.body.message).toMatch(/10 (år|years)/);
    },
  );

  test('ten years and a single day are answered', async () => {
    expect((await ask(path, asked(report, '2016-01-01', '2025-12-31'))).status).toBe(200);
    expect((await ask(path, asked(report, '2016-02-29', '2026-02-27'))).status).toBe(200);
    expect((await ask(path, asked(report, '2025-02-10', '2025-02-10'))).status).toBe(200);
  });
});

const TYPES: Record<string, string> = {
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  pdf: 'application/pdf',
  excel: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

describe.each(named(WITH_FORMAT))('%s: format', (path, report) => {
  test('is what was asked for, whatever Accept says', async () => {
    for (const format of report.formats)
      for (const accept of ['application/json', 'text/html', '*/*', 'image/png']) {
        const answer = await ask(path, { ...asked(report), format }, { accept });
        expect([answer.status, answer.headers['content-type']]).toEqual([200, TYPES[format]]);
      }
  });

  test.each([
    ['application/json', 200],
    ['text/html, application/json;q=0.9', 200],
    ['APPLICATION/JSON; charset=utf-8', 200],
    ['application/json;q=0', 400],
    ['application/*', 400],
    ['*/*', 400],
    ['text/html', 400],
    ['application/jsonp', 400],
    ['', 400],
  ])('without it, Accept: %s is answered %i', async (accept, status) => {
    const answer = await ask(path, asked(report), { accept });
    expect([answer.status, answer.fields]).toEqual([status, status === 200 ? [] : ['format']]);
  });

  test.each(['Excel', 'PDF', 'csv', 'xlsx', '', 'html,pdf'])('"%s" is none', async (format) => {
    const answer = await ask(path, { ...asked(report), format });
    expect([answer.status, answer.fields]).toEqual([400, ['format']]);
    expect(answer.body.details.fields[0].problem).toContain(report.formats.join(', '));
  });

  test.skipIf(report.formats.includes('excel'))('excel is not given', async () =>
    expect((await ask(path, { ...asked(report), format: 'excel' })).fields).toEqual(['format']),
  );
});

const balanced = (rows: { account_code: string | null }[]) => rows.map((row) => row.account_code);

describe.each(named(REPORTS.filter(({ takes }) => takes.includes('dimensions'))))('%s: filters', (path, report) => {
  test('dimensions in both notations are the same question', async () => {
    const [a, b] = [
      await addDimensionValue(books, 'department', 'A'),
      await addDimensionValue(books, 'department', 'B'),
    ];
    const project = await addDimensionValue(books, 'project', 'P');
    await books.post('2025-03-05', [
      debit('6800', 70, {
        dimensions: [
          { type: 'department', id: a },
          { type: 'project', id: project },
        ],
      }),
      credit('1920', 70, { dimensions: [{ type: 'department', id: b }] }),
    ]);
    const pairs: [string, number][] = [
      ['department', a],
      ['department', b],
      ['project', project],
    ];
    const notations: (string | string[])[] = [
      JSON.stringify(pairs),
      pairs.map(([type, id]) => `${type},${id}`),
      pairs.map(([type, id]) => JSON.stringify([type, id])),
      JSON.stringify(pairs.map(([type, id]) => [type, String(id)])),
      pairs.toReversed().map(([type, id]) => ` ${type} , ${id} `),
    ];
    const answers = [];
    for (const dimensions of notations) answers.push(await ask(path, { ...asked(report), dimensions }));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.body.rows).toEqual(answers[0]!.body.rows);
    }
    // Department A or B, and the project: only the cost.
    const codes = new Set(balanced(answers[0]!.body.rows));
    expect([...codes]).toEqual(path === 'balance-sheet' ? ['8800'] : ['6800']);
    const departments = await ask(path, { ...asked(report), dimensions: [`department,${a}`, `department,${b}`] });
    if (path === 'trial-balance') expect(balanced(departments.body.rows)).toEqual(['1920', '6800']);
  });

  test.each([
    '',
    'department',
    'department,',
    ',5',
    'department,0',
    'department,-1',
    'department,1.5',
    '[]x',
    '["department"]',
    '[["department"]]',
    '[["department",1,2]]',
    '[["Department",1]]',
    '{"department":1}',
    'department,9007199254740993',
  ])('dimensions "%s"', async (dimensions) => {
    const answer = await ask(path, { ...asked(report), dimensions });
    expect([answer.status, [...new Set(answer.fields)]]).toEqual([400, ['dimensions']]);
  });

  test('a dimension of no one, or of someone else, gives an empty report', async () => {
    const theirs = await openBooks();
    const foreign = await addDimensionValue(theirs, 'department');
    for (const dimensions of [`department,${foreign}`, 'colour,1', JSON.stringify([['project', 1]])]) {
      const answer = await ask(path, { ...asked(report), dimensions });
      expect([answer.status, answer.body?.rows]).toEqual([200, []]);
    }
  });
});

describe.each(named(REPORTS.filter(({ takes }) => takes.includes('account_codes'))))('%s: accounts', (path, report) => {
  test('account_codes repeated, with commas and as ranges', async () => {
    const codesOf = async (codes: string | string[]) => {
      const answer = await ask(path, { ...asked(report), account_codes: codes });
      expect([answer.status, answer.fields]).toEqual([200, []]);
      return [...new Set(balanced(answer.body.rows))];
    };
    const some = ['1500', '2700', '3000'];
    expect(await codesOf(['1500', '2700', '3000'])).toEqual(some);
    expect(await codesOf('3000, 1500,2700,1500')).toEqual(some);
    expect(await codesOf(['1500-1599', '2700-3000'])).toEqual(some);
    expect(await codesOf('1500-1500,9999,2000-2999,3000')).toEqual(some);
    expect(await codesOf('4000-5999')).toEqual([]);
    expect(await codesOf("' or 1=1 --")).toEqual([]);
  });

  test.each(['', ',', '1500,', '6999-6000', 'x'.repeat(200)])('account_codes "%s"', async (codes) => {
    const answer = await ask(path, { ...asked(report), account_codes: codes });
    expect([answer.status, [...new Set(answer.fields)]]).toEqual([400, ['account_codes']]);
  });
});
