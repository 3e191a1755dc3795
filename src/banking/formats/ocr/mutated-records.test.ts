import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../platform/package-root.ts';
import type { BankRecord } from '../bank-file.ts';
import { BankFaults, bankFaultLine } from '../fault.ts';
import { readBankFile } from '../read-bank-file.ts';

const FOLDERS = [join(packageRoot, 'test/fixtures/bank/others'), join(packageRoot, '../shared/reference/avtalegiro')];
const SAMPLES = FOLDERS.filter(existsSync).flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /^ocr-.*\.txt$/.test(name))
    .map((name): [string, string[]] => [
      name,
      readFileSync(join(folder, name), 'latin1').split(/\r?\n/).filter(Boolean),
    ]),
);

/** Fields with fixed content, 1-based: any other character or digit in them refuses the file. */
const BOUND: Record<string, [from: number, to: number][]> = {
  NY000010: [[1, 8]],
  NY090020: [[1, 8]],
  NY09tt30: [
    [1, 8],
    [9, 15],
    [32, 49],
  ],
  NY09tt31: [
    [1, 8],
    [9, 15],
  ],
  NY09tt32: [
    [1, 8],
    [9, 15],
  ],
  NY090088: [[1, 41]],
  NY000089: [[1, 41]],
};
/** Fields that must be digits or a date, but cannot be verified from the rest of the file. */
const FORMED: Record<string, [from: number, to: number][]> = {
  NY000010: [[9, 31]],
  NY090020: [[9, 35]],
  NY09tt30: [[16, 31]],
  NY09tt31: [
    [42, 47],
    [48, 58],
  ],
  NY09tt32: [],
  NY090088: [[42, 47]],
  NY000089: [[42, 47]],
};

const kindOf = (record: string) => record.slice(0, 8).replace(/^NY09\d\d(?=3[012]$)/, 'NY09tt');
const lies = (fields: readonly [number, number][], position: number) =>
  fields.some(([from, to]) => from <= position && position <= to);

async function read(records: readonly string[]) {
  const faults = new BankFaults();
  const found: BankRecord[] = [];
  async function* bytes() {
    yield Buffer.from(records.map((record) => `${record}\r\n`).join(''), 'latin1');
  }
  for await (const some of readBankFile(bytes(), faults)) found.push(...some);
  return { faults, found };
}

/** The money in a file: the amount of each payment and the sum, in order. */
function figures(found: readonly BankRecord[]): string {
  return found
    .flatMap((record) =>
      record.kind === 'statement-end'
        ? [`sum ${record.sum}`]
        : record.kind === 'entry'
          ? record.details.map(({ amount }) => `${amount}`)
          : [],
    )
    .join(' ');
}

/** Refused with a line and a reason; nothing of it may be stored. */
function expectRefused({ faults }: { faults: BankFaults }, what: string): void {
  expect(faults.fileRefused, what).toBe(true);
  for (const fault of faults.errors) {
    expect(fault.line, `${what}: ${bankFaultLine(fault)}`).toBeGreaterThan(0);
    expect(fault.message).not.toBe('');
  }
}

/** Replaces the character with another digit, a letter, a blank, a minus. */
const OTHERS = ['X', ' ', '-'];
const others = (char: string) =>
  [...OTHERS, /\d/.test(char) ? String((Number(char) + 1) % 10) : '7'].filter((one) => one !== char);

describe.each(SAMPLES)('%s', (_, sample) => {
  it('each character of each record as another: refused, or no figure is another', async () => {
    const before = await read(sample);
    expect(before.faults.errors).toEqual([]);
    const right = figures(before.found);
    const accepted: string[] = [];
    for (const [index, record] of sample.entries())
      for (let position = 1; position <= 80; position++)
        for (const char of others(record[position - 1]!)) {
          const mutated = sample.with(index, record.slice(0, position - 1) + char + record.slice(position));
          const after = await read(mutated);
          const what = `record ${index + 1} (${kindOf(record)}), position ${position}: ${record[position - 1]} → ${char}`;
          const isBound = lies(BOUND[kindOf(record)]!, position);
          const isMalformed = /[X-]/.test(char) && lies(FORMED[kindOf(record)]!, position);
          if (after.faults.fileRefused) expectRefused(after, what);
          else if (isBound || isMalformed) accepted.push(what);
          else expect(figures(after.found).split(' ').toSorted(), what).toEqual(right.split(' ').toSorted());
        }
    expect(accepted).toEqual([]);
  });

  it('each record left out, twice, shorter, longer, after the next: refused', async () => {
    const before = await read(sample);
    expect(before.faults.errors).toEqual([]);
    const right = figures(before.found);
    for (const [index, record] of sample.entries()) {
      const next = sample[index + 1];
      const changes: [string, string[]][] = [
        ['left out', sample.toSpliced(index, 1)],
        ['twice', sample.toSpliced(index, 0, record)],
        ['shorter', sample.with(index, record.slice(0, -1))],
        ['longer', sample.with(index, `${record}0`)],
        ['cut off', sample.with(index, record.slice(0, 40))],
      ];
      for (const [change, records] of changes) expectRefused(await read(records), `record ${index + 1} ${change}`);
      if (!next) continue;
      const after = await read(sample.toSpliced(index, 2, next, record));
      // Item 3 may precede item 2.
      if (kindOf(record) === 'NY09tt31' && kindOf(next) === 'NY09tt32') expect(figures(after.found)).toBe(right);
      else expectRefused(after, `record ${index + 1} after the next`);
    }
  });
});
