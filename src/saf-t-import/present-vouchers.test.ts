import { afterAll, describe, expect, it } from 'vitest';
import { cost, fileOf, line, simple, tax } from '../../test/support/saf-t/saf-t-book.ts';
import { codesOf, resultOf, SafTImports } from '../../test/support/saf-t/saf-t-imports.ts';
import { StagedFile } from '../platform/files/staged-file.ts';
import { importJob } from './import-job.ts';

const books = new SafTImports();
afterAll(() => books.close());

describe('vouchers that the books have', () => {
  const two = (first: string[], second: string[], closing: Record<string, [number, number]>) =>
    fileOf({
      accounts: { 1500: [0, 0], 1920: [1000, 900], 2000: [-1000, -1000], 3000: [0, 0], 6800: [0, 100], ...closing },
      vouchers: [
        { id: '1', lines: first },
        { id: '2', lines: second },
      ],
    });
  const before = two(cost('60.00'), cost('40.00'), {});

  it.each([
    [
      'another account',
      two([line('3000', '+60.00'), line('1920', '-60.00')], cost('40.00'), { 3000: [0, 60], 6800: [0, 40] }),
    ],
    [
      'other amounts of the same total',
      two([line('6800', '+60.00'), line('1920', '-30.00'), line('1920', '-30.00')], cost('40.00'), {}),
    ],
    ['a party', two([line('6800', '+60.00'), line('1920', '-60.00', '<SupplierID>1</SupplierID>')], cost('40.00'), {})],
    ['a VAT code', two([line('6800', '+60.00', '', tax('0', '0', '0.00')), line('1920', '-60.00')], cost('40.00'), {})],
    [
      'a dimension',
      two(
        [
          line('6800', '+60.00', '<Analysis><AnalysisType>P</AnalysisType><AnalysisID>1</AnalysisID></Analysis>'),
          line('1920', '-60.00'),
        ],
        cost('40.00'),
        {},
      ),
    ],
  ])('are changed, not present, with %s', async (_title, changed) => {
    const { client_account_id: id } = resultOf(await books.takeText(before));
    expect(codesOf(await books.takeText(changed, id))).toContain('transaction-present');
  });

  it('are present with another text, and a new one beside them comes in', async () => {
    const { client_account_id: id } = resultOf(await books.takeText(before));
    const more = fileOf({
      accounts: { 1500: [0, 0], 1920: [1000, 890], 2000: [-1000, -1000], 3000: [0, 0], 6800: [0, 110] },
      vouchers: [cost('60.00'), cost('40.00'), cost('10.00')].map((lines, i) => ({ id: String(i + 1), lines })),
    }).replaceAll('Linje', 'Annen tekst');
    const result = resultOf(await books.takeText(more, id));
    expect(result.counts).toMatchObject({ entries: 1, entries_already_present: 2 });
    expect(result.accounts.find((account) => account.account_code === '6800')).toMatchObject({
      imported_closing_balance: '110.00',
      difference: '0.00',
    });
  });

  it('a closing balance that the books would not have is refused, account by account', async () => {
    const { client_account_id: id } = resultOf(await books.takeText(simple({}, { id: '1', journal: 'A' })));
    // The file lacks a voucher that the books have for the same period.
    const other = simple({}, { id: '9', journal: 'B' });
    const outcome = await books.takeText(other, id);
    expect(codesOf(outcome)).toEqual(['closing-differs', 'closing-differs']);
    expect(outcome).toMatchObject({
      errors: [{ element: 'Account 1920', found: '900.00 (declared)', expected: '800.00 (the books)' }, {}],
    });
  });
});

it('a job that broke off between commit and report answers the second time as the first', async () => {
  const path = await books.file(simple());
  const userId = await books.userId();
  const run = (jobId: number) =>
    importJob(books.people.platform).run({
      jobId,
      userId,
      clientAccountId: 0,
      input: { file_name: 'f', client_account_id: null, request_id: null },
      upload: new StagedFile(path, '', 0, Buffer.alloc(0)),
      attempt: 1,
      progress: () => undefined,
      signal: new AbortController().signal,
    });
  const first = await run(4711);
  expect(first).toMatchObject({ status: 'succeeded', result: { already_imported: false, counts: { entries: 2 } } });
  expect(await run(4711)).toEqual(first);
  expect(await run(4712)).toEqual({ ...first, result: { ...first.result, already_imported: true } });
});
