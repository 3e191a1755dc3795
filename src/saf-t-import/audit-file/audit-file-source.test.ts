import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SafTFile } from '../../../test/support/saf-t/saf-t-file.ts';
import { rawZip, zipOf } from '../../../test/support/files/zip-of.ts';
import { openAuditFile, SOURCE_LIMITS } from './audit-file-source.ts';
import { checkAuditFile } from '../checks/check-audit-file.ts';
import { FaultList } from '../checks/fault.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hb-saf-t-zip-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function zip(parts: Record<string, string | Buffer>): Promise<string> {
  const path = join(folder, `${Object.keys(parts).length}-${Math.abs(hash(Object.keys(parts).join()))}.zip`);
  writeFileSync(path, await zipOf(parts));
  return path;
}

function hash(text: string): number {
  return Array.from(text).reduce((sum, char) => (Math.imul(sum, 31) + char.charCodeAt(0)) | 0, 7);
}

async function read(path: string, limits = SOURCE_LIMITS) {
  const faults = new FaultList();
  const source = await openAuditFile(path, faults, limits);
  if (!source) return { faults, book: null, sha256: null };
  const book = await checkAuditFile(source, faults);
  source.close();
  return { faults, book, sha256: source.sha256.toString('hex') };
}

function plain(content: string | Uint8Array): string {
  const path = join(folder, 'plain.xml');
  writeFileSync(path, content);
  return path;
}

/** The masters and header in one part, the entries in others, each with the totals of the set. */
function split(xml: string): string[] {
  const head = xml.slice(0, xml.indexOf('  <MasterFiles>'));
  const masters = xml.slice(xml.indexOf('  <MasterFiles>'), xml.indexOf('  <GeneralLedgerEntries>'));
  const totals = xml.slice(xml.indexOf('  <GeneralLedgerEntries>'), xml.indexOf('    <Journal>'));
  const journals = [...xml.matchAll(/ {4}<Journal>[\s\S]*?<\/Journal>\n/g)].map(([text]) => text);
  const end = '</AuditFile>\n';
  const entries = journals.map((journal) => `${head}${totals}${journal}  </GeneralLedgerEntries>\n${end}`);
  return [`${head}${masters}${end}`, ...entries];
}

const file = new SafTFile({ transactions: 40 });
const xml = file.toString();

describe('a ZIP', () => {
  it('with one XML is the same content as the XML', async () => {
    const zipped = await read(await zip({ 'SAF-T Financial_999999999_20260101120000_1_1.xml': xml }));
    const bare = await read(plain(xml));
    expect(zipped.faults.errors).toEqual([]);
    expect(zipped.book!.lineCount).toBe(file.lineCount);
    expect(zipped.sha256).toBe(bare.sha256);
  });

  it('with a set: masters first, entries after, read by their numbers, totals those of the set', async () => {
    const parts = split(xml);
    const names = parts.map((_, i) => `SAF-T Financial_999999999_20260101120000_${i + 1}_${parts.length}.xml`);
    const entries = names.map((name, i) => [name, parts[i]!] as const);
    const { faults, book } = await read(await zip(Object.fromEntries(entries.toReversed())));
    expect([...faults.errors, ...faults.warnings]).toEqual([]);
    expect(book).toMatchObject({ transactionCount: 40, lineCount: file.lineCount });
  });

  it('with a set that lacks a part is refused', async () => {
    const parts = split(xml);
    const { faults } = await read(await zip({ 'a_1_5.xml': parts[0]!, 'a_3_5.xml': parts[2]! }));
    expect(faults.errors.filter((fault) => fault.code === 'set-incomplete')).toHaveLength(3);
  });

  it('with parts of two exports is refused, and says in which file', async () => {
    const parts = split(xml);
    const stranger = parts[1]!.replaceAll('999999999', '888888888');
    const { faults } = await read(await zip({ 'a_1_2.xml': parts[0]!, 'a_2_2.xml': stranger }));
    expect(faults.errors[0]).toMatchObject({ code: 'set-differs', file: 'a_2_2.xml', element: 'Header' });
  });

  it('without an XML, damaged, or no ZIP at all is refused', async () => {
    expect((await read(await zip({ 'readme.txt': 'hei' }))).faults.errors[0]).toMatchObject({ code: 'zip-invalid' });
    const whole = await zip({ 'b_1_1.xml': xml });
    const bytes = await import('node:fs').then((fs) => fs.readFileSync(whole));
    expect((await read(plain(bytes.subarray(0, bytes.length - 40)))).faults.errors[0]).toMatchObject({
      code: 'zip-invalid',
    });
    expect((await read(plain('regnskap;2025\n'))).faults.errors[0]).toMatchObject({ code: 'not-saf-t' });
    expect((await read(plain(''))).faults.errors[0]).toMatchObject({ code: 'not-saf-t' });
  });

  it('with a damaged part is refused', async () => {
    const path = await zip({ 'c_1_1.xml': xml });
    const bytes = await import('node:fs').then((fs) => fs.readFileSync(path));
    bytes.fill(0x55, 200, 400);
    const { faults } = await read(plain(bytes));
    expect(faults.errors[0]!.code).toBe('zip-invalid');
  });

  it('that unpacks to far more than it is, is refused before it is unpacked', async () => {
    const path = await zip({ 'bomb.xml': Buffer.alloc(3_000_000, 0x20) });
    const { faults } = await read(path, { ...SOURCE_LIMITS, ratioFrom: 1_000_000 });
    expect(faults.errors[0]).toMatchObject({ code: 'zip-bomb', file: 'bomb.xml' });
  });

  it('that lies about its size is refused', async () => {
    const lying = rawZip('liar.xml', Buffer.alloc(2_000_000, 0x20), { size: 100 });
    expect((await read(plain(lying))).faults.errors[0]!.code).toBe('zip-invalid');
  });

  it('that is encrypted, or whose names leave the folder, is refused', async () => {
    expect((await read(plain(rawZip('x.xml', Buffer.from(xml), { flags: 1 })))).faults.errors[0]!.code).toBe(
      'zip-encrypted',
    );
    expect((await read(plain(rawZip('../x.xml', Buffer.from(xml))))).faults.errors[0]!.code).toBe('zip-path');
  });
});

describe('XML that could hurt is refused', () => {
  const inside = (content: string) => xml.replace('<Header>', `<Header>${content}`);
  const bombs: [title: string, code: string, content: string][] = [
    [
      'a billion laughs',
      'doctype-refused',
      `<!DOCTYPE AuditFile [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n${xml.replace(/^<\?xml.*\n/, '')}`,
    ],
    [
      'an external entity',
      'doctype-refused',
      xml.replace(
        '?>\n',
        '?>\n<!DOCTYPE AuditFile SYSTEM "file:///etc/passwd" [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n',
      ),
    ],
    ['an entity that nobody declared', 'not-well-formed', inside('<HeaderComment>&xxe;</HeaderComment>')],
    ['elements a hundred deep', 'xml-limit', inside(`${'<a>'.repeat(100)}${'</a>'.repeat(100)}`)],
    [
      'a text of two million characters',
      'xml-limit',
      inside(`<HeaderComment>${'x'.repeat(2_000_000)}</HeaderComment>`),
    ],
    [
      'a hundred attributes',
      'xml-limit',
      inside(`<a ${Array.from({ length: 100 }, (_, i) => `a${i}="1"`).join(' ')}/>`),
    ],
    ['a name of a thousand characters', 'xml-limit', inside(`<${'n'.repeat(1000)}/>`)],
    ['a doctype without an end', 'doctype-refused', `<!DOCTYPE x [${'<!ENTITY a "b">'.repeat(150_000)}`],
  ];
  it.each(bombs)('%s: %s', async (_title, code, content) => {
    const start = performance.now();
    const { faults } = await read(plain(content));
    expect(faults.errors.map((fault) => fault.code)).toContain(code);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('a file that breaks off says so, wherever it does', async () => {
    for (const share of [0.2, 0.5, 0.9, 0.999]) {
      const { faults } = await read(plain(xml.slice(0, Math.floor(xml.length * share))));
      expect(['truncated', 'not-well-formed']).toContain(faults.errors.at(-1)!.code);
    }
    expect((await read(plain(xml.slice(0, xml.lastIndexOf('</Journal>'))))).faults.errors.at(-1)).toMatchObject({
      code: 'truncated',
    });
  });

  it('bytes that are not text in the declared encoding, and encodings nobody knows', async () => {
    expect((await read(plain(Buffer.from(xml, 'latin1')))).faults.errors[0]!.code).toBe('encoding');
    expect((await read(plain(xml.replace('UTF-8', 'EBCDIC')))).faults.errors[0]!.code).toBe('encoding');
  });
});
