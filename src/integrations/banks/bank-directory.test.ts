import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ConfigFaults } from '../../platform/config.ts';
import { packageRoot } from '../../platform/package-root.ts';
import { readBankDirectory } from './bank-directory.ts';

const folder = mkdtempSync(join(tmpdir(), 'banks-'));
afterAll(() => rmSync(folder, { recursive: true }));
const HEAD = 'id,bic,providers,website,logo,organization_number';

function directory(...rows: string[]) {
  const file = join(folder, 'banks.csv');
  writeFileSync(file, [HEAD, ...rows, ''].join('\n'));
  return readBankDirectory(file);
}

test('the directory that comes with the program has every bank of the register, each with a provider', () => {
  const { banks } = readBankDirectory(join(packageRoot, 'db/data/banks.csv'));
  expect(banks.length).toBe(103);
  expect(new Set(banks.map(({ id }) => id)).size).toBe(banks.length);
  expect(banks.find(({ bic }) => bic === 'DNBANOKK')).toMatchObject({ provider: 'tietoevry' });
});

test('Tietoevry where both carry, none where nobody does; a retired BIC is of the bank that took over', () => {
  const known = directory(
    '1,SPAVNOBB,zdata tietoevry,https://bank.example,https://bank.example/logo.svg,',
    '2,DABANO22,,,,',
    '3,NDEANOKK,zdata,,,',
  );
  expect(known.find('spavnobbxxx')).toEqual({
    id: 1,
    bic: 'SPAVNOBB',
    name: 'Sparebanken Norge',
    country: 'NO',
    provider: 'tietoevry',
    website: 'https://bank.example',
    logo: 'https://bank.example/logo.svg',
    organizationNumber: null,
  });
  expect(known.find('DABANO22')).toBeNull();
  expect(known.find('NDEANOKK')?.provider).toBe('zdata');
});

test('all faults of the file at once', () => {
  const faults = () => directory('x,SPAVNOBB,bankid,,,', '2,XXXXNO22,zdata,,,', '2,SPAVNOBB,zdata,,,310463044');
  expect(faults).toThrow(ConfigFaults);
  for (const part of ['line 2: id must', 'bankid', 'line 3: "XXXXNO22"', 'the id 2 stands twice', '310463044'])
    expect(faults).toThrow(part);
  expect(() => readBankDirectory(join(folder, 'none.csv'))).toThrow(/ENOENT/);
});
