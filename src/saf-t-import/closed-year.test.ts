import { afterAll, describe, expect, it } from 'vitest';
import { type Book, cost, DATES, fileOf, line } from '../../test/support/saf-t/saf-t-book.ts';
import { exportOf, schemaFaults } from '../../test/support/saf-t/saf-t-export.ts';
import { codesOf, resultOf, SafTImports, warningsOf } from '../../test/support/saf-t/saf-t-imports.ts';
import { verifyBooks } from '../ledger/index.ts';

const books = new SafTImports();
afterAll(() => books.close());

describe('a closed year whose closing is not in the file', () => {
  const accounts = {
    1920: [1000, 1400],
    2000: [-1000, -1000],
    2050: [0, -400],
    3000: [0, 0],
    6800: [0, 0],
  } as unknown as Book['accounts'];
  const vouchers = [{ lines: [line('1920', '+500.00'), line('3000', '-500.00')] }, { lines: cost('100.00') }];

  it('is posted against appropriation; the result accounts keep their figures', async () => {
    const result = resultOf(await books.takeText(fileOf({ accounts, vouchers })));
    expect(warningsOf(result)).toEqual(['year-closed']);
    const id = result.client_account_id;
    expect(await books.balances(id)).toEqual({
      1920: '1400.00',
      2000: '-1000.00',
      2050: '-400.00',
      3000: '-500.00',
      6800: '100.00',
      'RES-DISP': '400.00',
    });
    expect(await verifyBooks(books.database, id)).toEqual([]);
    expect(schemaFaults(await exportOf(books.database, id, { from: '2025-01-01', to: '2025-12-31' }))).toBe('');
  });

  it('is posted once, also when the same vouchers come in another file', async () => {
    const file = fileOf({ accounts, vouchers });
    const { client_account_id: id } = resultOf(await books.takeText(file));
    const again = resultOf(await books.takeText(`${file}\n`, id));
    expect(again).toMatchObject({ already_imported: true, counts: { entries: 0, entries_already_present: 2 } });
    expect((await books.balances(id))['RES-DISP']).toBe('400.00');
  });

  it('results of earlier years that a file opens with are taken in', async () => {
    const carried = {
      1920: [1400, 1300],
      2000: [-1000, -1000],
      3000: [-400, -400],
      6800: [0, 100],
    } as Book['accounts'];
    const result = resultOf(await books.takeText(fileOf({ accounts: carried, vouchers: [{ lines: cost('100.00') }] })));
    expect(result.accounts.filter(({ difference }) => difference !== '0.00')).toEqual([]);
  });

  it('is refused where something else than equity differs, or not all results are closed', async () => {
    const elsewhere = { ...accounts, 2050: [0, 0], 1920: [1000, 1000] } as Book['accounts'];
    expect(codesOf(await books.takeText(fileOf({ accounts: elsewhere, vouchers })))).toContain('closing-balance');
    const half = { ...accounts, 2050: [0, -500], 6800: [0, 100] } as Book['accounts'];
    expect(codesOf(await books.takeText(fileOf({ accounts: half, vouchers })))).toContain('closing-balance');
  });

  it('the year after opens with it, in books where the year is not closed', async () => {
    const open = { ...accounts, 2050: [0, 0], 3000: [0, -500], 6800: [0, 100] } as Book['accounts'];
    const { client_account_id: id } = resultOf(await books.takeText(fileOf({ accounts: open, vouchers })));
    const next = fileOf({
      accounts: { 1920: [1400, 1300], 2000: [-1000, -1000], 2050: [-400, -400], 3000: [0, 0], 6800: [0, 100] },
      selection: DATES('2026-01-01', '2026-12-31'),
      vouchers: [{ date: '2026-02-01', lines: cost('100.00') }],
    });
    const result = resultOf(await books.takeText(next, id));
    expect(warningsOf(result)).toEqual(['year-closed']);
    expect(await books.balances(id, '1900-01-01', '2025-12-31')).toMatchObject({
      2050: '-400.00',
      'RES-DISP': '400.00',
    });
    expect(await verifyBooks(books.database, id)).toEqual([]);
    const other = next
      .replace('<OpeningDebitBalance>1400', '<OpeningDebitBalance>1399')
      .replace('<ClosingDebitBalance>1300', '<ClosingDebitBalance>1299');
    const { client_account_id: fresh } = resultOf(await books.takeText(fileOf({ accounts: open, vouchers })));
    expect(codesOf(await books.takeText(other, fresh))).toContain('opening-differs');
  });
});
