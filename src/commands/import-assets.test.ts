import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { openBooks } from '../../test/support/books/books.ts';
import { DATES, fileOf } from '../../test/support/saf-t/saf-t-book.ts';
import { importSafT } from '../saf-t-import/index.ts';
import { assignFromFile } from './import-assets.ts';

const folder = mkdtempSync(join(tmpdir(), 'hb-import-assets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const HEAD = 'name;asset_class;acquisition_date;cost_account;cost;accumulated_account;accumulated_depreciation';

async function importedBooks() {
  const books = await openBooks();
  const path = join(folder, 'file.xml');
  const accounts: Record<string, [number, number]> = { 1060: [1000, 1000], 1299: [-300, -300], 1920: [-700, -700] };
  writeFileSync(path, fileOf({ accounts, vouchers: [], selection: DATES('2025-01-01', '2025-12-31') }));
  const { platform, clientAccountId, userId } = books;
  await importSafT(platform.database, platform.clock, { path, fileName: 'f', clientAccountId, userId, reachable: [] });
  const printed: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => (printed.push(String(text)), true));
  const assign = async (...lines: string[]) => {
    const list = join(folder, 'assets.csv');
    writeFileSync(list, lines.join('\r\n'));
    printed.length = 0;
    const code = await assignFromFile(platform.database, clientAccountId, { path: list, date: null, email: undefined });
    return [code, printed.join('')];
  };
  return { ...books, assign };
}

test('a list of assets takes the balances of the accounts; run again, nothing is left to take', async () => {
  const { assign } = await importedBooks();
  const list = [HEAD, '"Lønn; system";SOFTWARE;2024-01-10;;"1 000,00";;300', ''];
  expect(await assign(...list)).toEqual([
    0,
    expect.stringMatching(/^1 assets have their opening balances on 2024-12-31, entry \d+\n$/),
  ]);
  expect(await assign(...list)).toEqual([1, expect.stringContaining('account 1060 has 0.00 without an asset')]);
});

test('a list that cannot be read is told with its lines; names steer no terminal', async () => {
  const { assign } = await importedBooks();
  expect(await assign('navn;pris')).toEqual([2, expect.stringContaining('the first line must be name;')]);
  const [code, printed] = await assign(HEAD, ';SOFTWARE;;;1;;', 'A;;2024-02-30;;1;;', 'B;;;;-1;;');
  expect([code, printed]).toEqual([2, expect.stringMatching(/line 2: .*line 3: .*line 4: /)]);
  expect(await assign(HEAD, '\u001b[2J;;;;x;;')).toEqual([2, expect.not.stringContaining('\u001b')]);
});
