import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Claim, ClaimFileWriter, NotInFile } from './claim-file.ts';

const SAMPLES = new URL('../../../../../shared/reference/avtalegiro/', import.meta.url);

/** The content of a file of claims, for writing it again. */
function claimsIn(lines: readonly string[]): Claim[] {
  const claims: Claim[] = [];
  for (const line of lines) {
    const kind = line.slice(0, 8);
    if (/^NY21(02|21)30$/.test(kind))
      claims.push({
        kid: line.slice(49, 74).trim(),
        amount: BigInt(line.slice(32, 49)),
        dueDate: `20${line.slice(19, 21)}-${line.slice(17, 19)}-${line.slice(15, 17)}`,
        notice: kind.slice(4, 6) === '21' ? 'bank' : 'payee',
        payerName: '',
        reference: '',
        specification: [],
      });
    const last = claims.at(-1);
    if (/^NY21(02|21)31$/.test(kind))
      Object.assign(last!, { payerName: line.slice(15, 25).trimEnd(), reference: line.slice(50, 75).trimEnd() });
    if (kind === 'NY212149') {
      const at = Number(line.slice(16, 19)) - 1;
      const written = [...last!.specification];
      written[at] = (written[at] ?? '').padEnd((Number(line[19]) - 1) * 40) + line.slice(20, 60);
      Object.assign(last!, { specification: written });
    }
  }
  return claims;
}

it.runIf(existsSync(SAMPLES)).each([
  ['claims-6.txt', '55555555', 1000081, '88888888888'],
  ['claim-1.txt', '01234567', 1703231, '99998877777'],
] as const)('%s is written again byte for byte', (name, sender, number, accountNumber) => {
  const sample = readFileSync(new URL(name, SAMPLES), 'latin1');
  const lines = sample.split('\n').filter(Boolean);
  const text: string[] = [];
  const writer = new ClaimFileWriter({ sender, number }, (piece) => void text.push(piece), '\n');
  writer.begin({ accountNumber, number: Number(lines[1]!.slice(17, 24)), kind: 'claims' });
  for (const claim of claimsIn(lines)) writer.claim(claim);
  writer.end();
  writer.finish();
  const written = text.join('').split('\n').filter(Boolean);
  // Some fillers of the sample have zeros where the specification requires blanks.
  const filler = (line: string) =>
    /^NY21(02|21)30$/.test(line.slice(0, 8)) ? line.slice(0, 21) + ' '.repeat(11) + line.slice(32) : line;
  expect(written).toEqual(lines.map(filler));
  expect(written.every((line) => line.length === 80)).toBe(true);
});

const CLAIM: Claim = {
  kid: '0012345678',
  amount: 125_050n,
  dueDate: '2026-04-20',
  notice: 'bank',
  payerName: 'Åse Øverås Nilsen',
  reference: 'Strøm mars',
  specification: [
    'Strøm i mars, 512 kWh, fastledd og nettleie for anlegg 707057500012345678',
    '',
    'Spørsmål: 22 22 22 22',
  ],
};

function written(kind: 'claims' | 'cancellations', claims: readonly Claim[]): string {
  const text: string[] = [];
  const writer = new ClaimFileWriter({ sender: '00123456', number: 42 }, (piece) => void text.push(piece));
  writer.begin({ accountNumber: '86011117947', number: 7, kind });
  for (const claim of claims) writer.claim(claim);
  writer.end();
  writer.finish();
  return text.join('');
}

it.each(['claims', 'cancellations'] as const)('%s: records, totals and dates', async (kind) => {
  const text = written(kind, [CLAIM, { ...CLAIM, kid: '0012345686', notice: 'payee', dueDate: '2026-05-01' }]);
  expect(Buffer.from(text, 'latin1').length).toBe(text.length);
  await expect(text).toMatchFileSnapshot(`../../../../test/golden/avtalegiro-${kind}.txt`);
});

it('a character that ISO-8859-1 has not is refused before anything is sent', () => {
  expect(() => written('claims', [{ ...CLAIM, payerName: 'Łukasz' }])).toThrow(NotInFile);
});
