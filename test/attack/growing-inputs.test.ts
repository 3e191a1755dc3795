import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { BankFaults } from '../../src/banking/formats/fault.ts';
import { openBankFile } from '../../src/banking/formats/bank-file-source.ts';
import { readBankFile } from '../../src/banking/formats/read-bank-file.ts';
import { readTar } from '../../src/platform/backup/tar-read.ts';
import { packageRoot } from '../../src/platform/package-root.ts';
import { openAuditFile } from '../../src/saf-t-import/audit-file/audit-file-source.ts';
import { checkAuditFile } from '../../src/saf-t-import/checks/check-audit-file.ts';
import { FaultList } from '../../src/saf-t-import/checks/fault.ts';
import { rawZip } from '../support/files/zip-of.ts';

/**
 * Parsers of untrusted input must be linear in its size. Each kind is read at a size and at four times that size:
 * linear work takes four times the processor time, quadratic sixteen.
 */
const SIZE = 300_000;
const MOST_RATIO = 8;
/** Smaller times are not measured: compilation and garbage collection are larger than the work. */
const FLOOR_MS = 25;

const folder = mkdtempSync(join(tmpdir(), 'hb-growing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Kind {
  name: string;
  make(size: number): Buffer;
  /** One of these must be among its faults, at each size. Without: reading it is at most slow. */
  refused?: readonly string[];
}

const text = (name: string, make: (size: number) => string, ...refused: string[]): Kind => ({
  name,
  make: (size) => Buffer.from(make(size)),
  refused,
});
const filled = (unit: string, size: number) => unit.repeat(Math.ceil(size / unit.length));

/** Faults of the XML inside a document, in any format. */
function xmlKinds(before: string, after: string): Kind[] {
  const inside = (name: string, make: (size: number) => string, ...refused: string[]) =>
    text(name, (size) => before + make(size) + after, ...refused);
  return [
    inside('elements and end tags', (size) => filled('<a></a  >', size)),
    inside('an end tag of blanks', (size) => `<a></a${filled(' ', size)}>`),
    inside('an end tag of blanks that never ends', (size) => `<a></a${filled(' ', size)}`),
    inside('end tags of nothing', (size) => filled('</a>', size), 'not-well-formed'),
    inside('elements with attributes', (size) => filled('<a b="1" c="2"/>', size)),
    inside('attributes of one element', (size) => `<a ${counted('a#="1" ', size)}/>`, 'xml-limit'),
    inside('an attribute that never ends', (size) => `<a b="${filled('x', size)}`),
    inside('known entities', (size) => `<a>${filled('&amp;', size)}</a>`),
    inside('an entity that never ends', (size) => `<a>&${filled('x', size)}</a>`, 'not-well-formed', 'xml-limit'),
    inside('comments', (size) => filled('<!--x-->', size)),
    inside('a comment of dashes', (size) => `<!--${filled('- ', size)}`),
    inside('CDATA sections', (size) => `<a>${filled('<![CDATA[]]]>', size)}</a>`),
    inside('a CDATA section that never ends', (size) => `<a><![CDATA[${filled(']] ', size)}`),
    inside('nesting', (size) => filled('<a>', size), 'xml-limit'),
    inside('a long name', (size) => `<${filled('a', size)}/>`, 'xml-limit'),
    inside('a long name of an attribute', (size) => `<a ${filled('a', size)}="1"/>`, 'xml-limit'),
    inside('many names', (size) => counted('<a#/>', size)),
    inside('byte order marks', (size) => `<a>${filled('\ufeff', size / 3)}</a>`),
    inside('NULs', (size) => `<a>${filled('\0', size)}</a>`, 'not-well-formed', 'xml-limit'),
    inside('line breaks of all kinds', (size) => `<a>${filled('\r\r\n\n', size)}</a>`),
    {
      name: 'UTF-16 behind a mark',
      make: (size) => Buffer.from(`\ufeff${before}${filled('<a></a>', size / 2)}${after}`, 'utf16le'),
    },
  ];
}

function counted(unit: string, size: number): string {
  let made = '';
  for (let i = 0; made.length < size; i++) made += unit.replace('#', String(i));
  return made;
}

const SAFT = 'urn:StandardAuditFile-Taxation-Financial:NO';
const CAMT = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.02';
const csv = readFileSync(join(packageRoot, 'test/fixtures/bank/no-csv-dnb.csv'), 'utf8');
const csvHead = csv.slice(0, csv.indexOf('\n') + 1);
const csvRow = csv.slice(csvHead.length, csv.indexOf('\n', csvHead.length) + 1);
const mt940 = ':20:A\n:25:15034011238\n:28C:1/1\n:60F:C260301NOK100,00\n';
const ocr = `NY000010${'0'.repeat(72)}\n`;

const BANK_TEXTS: Kind[] = [
  text('CSV of many rows', (size) => csvHead + filled(csvRow, size)),
  text('CSV with a row of separators', (size) => `${csvHead}${filled(';', size)}\n`),
  text('CSV with a row of quotes', (size) => `${csvHead}${filled('"', size)}\n`),
  text('CSV with a quote that never ends', (size) => `${csvHead}"${filled('x\n', size)}`),
  text('CSV with cells of quotes', (size) => csvHead + filled('"a""b";', size)),
  text('CSV of one line', (size) => csvHead + filled('x', size)),
  text('MT940 of many entries', (size) => mt940 + filled(':61:2603020302D1,00NTRFX\n', size)),
  text(
    'MT940 with an information of many lines',
    (size) => `${mt940}:61:2603020302D1,00NTRFX\n:86:${filled('x\n', size)}`,
  ),
  text('MT940 of many statements', (size) => filled(mt940, size)),
  text('MT940 with one long line', (size) => `${mt940}:86:${filled('?20x', size)}`),
  text('MT940 of braces', (size) => filled('{1:', size)),
  text('OCR of many transmissions', (size) => filled(ocr, size)),
  text('OCR of lines of another length', (size) => ocr + filled('NY0900\n', size)),
  text('OCR of one line', (size) => ocr + filled('NY', size)),
];

/** A ZIP whose directory has this many empty entries. */
function zipOfMany(size: number, name: string): Buffer {
  const one = rawZip(name, Buffer.from('<a/>'));
  const end = one.subarray(one.length - 22);
  const at = end.readUInt32LE(16);
  const entry = one.subarray(at, one.length - 22);
  const count = Math.floor(size / entry.length);
  const tail = Buffer.from(end);
  tail.writeUInt16LE(count, 8);
  tail.writeUInt16LE(count, 10);
  tail.writeUInt32LE(count * entry.length, 12);
  return Buffer.concat([one.subarray(0, at), ...Array.from({ length: count }, () => entry), tail]);
}

const ZIPS: Kind[] = [
  { name: 'a ZIP of many parts', make: (size) => zipOfMany(size, 'a.xml'), refused: ['zip-bomb'] },
  { name: 'a ZIP of many files', make: (size) => zipOfMany(2.5 * size, '.a'), refused: ['zip-bomb'] },
  {
    name: 'a ZIP that unpacks a thousand times',
    make: (size) => rawZip('a.xml', Buffer.alloc(size), { size: 400 * size }),
    refused: ['zip-bomb'],
  },
  { name: 'a ZIP in a ZIP', make: (size) => rawZip('a.xml', rawZip('b.xml', Buffer.from(filled('<a/>', size)))) },
  { name: 'a ZIP whose sizes lie', make: (size) => rawZip('a.xml', Buffer.from(filled('<a/>', size)), { size: 10 }) },
  {
    name: 'a ZIP whose end is far',
    make: (size) => Buffer.concat([rawZip('a.xml', Buffer.from('<a/>')), Buffer.alloc(size, 'PK')]),
  },
];

/** The codes of all faults. Never throws, for any file. */
async function asAuditFile(path: string): Promise<string[]> {
  const faults = new FaultList();
  const source = await openAuditFile(path, faults);
  try {
    if (source && !faults.refused) await checkAuditFile(source, faults);
  } finally {
    source?.close();
  }
  return faults.errors.map(({ code }) => code);
}

async function asBankFile(path: string): Promise<string[]> {
  const faults = new BankFaults();
  const source = await openBankFile({ path }, faults);
  try {
    for (const part of faults.fileRefused ? [] : (source?.parts ?? []))
      for await (const records of readBankFile(part.open(), faults)) void records;
  } finally {
    source?.close();
  }
  return faults.errors.map(({ code }) => code);
}

async function asTar(path: string): Promise<string[]> {
  try {
    const bytes = readFileSync(path);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, i) =>
      bytes.subarray(i * 65_536, (i + 1) * 65_536),
    );
    for await (const { content } of readTar(
      (async function* () {
        yield* pieces;
      })(),
    ))
      for await (const piece of content) void piece;
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

type Reader = (path: string) => Promise<string[]>;

/** The minimum of some runs, in milliseconds of processor time: disturbances only add to it. */
async function costOf(read: Reader, content: Buffer, runs: number): Promise<{ milliseconds: number; codes: string[] }> {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  let milliseconds = Infinity;
  let codes: string[] = [];
  for (let run = 0; run < runs; run++) {
    const begun = process.cpuUsage();
    codes = await read(path);
    const { user, system } = process.cpuUsage(begun);
    milliseconds = Math.min(milliseconds, (user + system) / 1000);
  }
  return { milliseconds, codes };
}

function lesser<C extends { milliseconds: number }>(before: C, now: C): C {
  return now.milliseconds < before.milliseconds ? now : before;
}

function isInProportion(small: { milliseconds: number }, large: { milliseconds: number }): boolean {
  return large.milliseconds < MOST_RATIO * Math.max(small.milliseconds, FLOOR_MS);
}

const READERS: [string, Reader, Kind[]][] = [
  ['SAF-T', asAuditFile, [...xmlKinds(`<?xml version="1.0"?><AuditFile xmlns="${SAFT}">`, '</AuditFile>'), ...ZIPS]],
  [
    'bank',
    asBankFile,
    [
      ...xmlKinds(`<?xml version="1.0"?><Document xmlns="${CAMT}"><BkToCstmrStmt>`, '</BkToCstmrStmt></Document>'),
      ...BANK_TEXTS,
      ...ZIPS,
    ],
  ],
  [
    'backup',
    asTar,
    [
      text('a tar of noise', (size) => filled('ustar', size)),
      { name: 'a tar of zeros', make: (size) => Buffer.alloc(size) },
      { name: 'a tar that is cut off', make: (size) => Buffer.alloc(size, 'x') },
    ],
  ],
];

describe.each(READERS)('%s', (_, read, kinds) => {
  test.each(kinds.map((kind) => [kind.name, kind] as const))('%s', { timeout: 240_000 }, async (_name, kind) => {
    let small = await costOf(read, kind.make(SIZE), 3);
    let large = await costOf(read, kind.make(4 * SIZE), 2);
    // Other work on the machine only adds time, and is transient; growth faster than the input occurs every time.
    for (let again = 0; again < 4 && !isInProportion(small, large); again++) {
      small = lesser(small, await costOf(read, kind.make(SIZE), 3));
      large = lesser(large, await costOf(read, kind.make(4 * SIZE), 3));
    }
    // A larger input may be the first for which the whole heap of this process is collected: that is paid once, growth again.
    if (!isInProportion(small, large)) [small, large] = [large, await costOf(read, kind.make(16 * SIZE), 3)];
    for (const { codes } of kind.refused?.length ? [small, large] : [])
      expect(codes.filter((code) => kind.refused!.includes(code))).not.toEqual([]);
    expect([isInProportion(small, large), small.milliseconds, large.milliseconds]).toEqual([
      true,
      expect.anything(),
      expect.anything(),
    ]);
  });
});
