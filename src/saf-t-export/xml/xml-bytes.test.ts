import fc from 'fast-check';
import sql, { raw } from 'sql-template-tag';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/support/books/books.ts';
import { CopiedRow } from '../copy-rows.ts';
import { escaped } from './sql-text.ts';
import { tag, XmlBytes } from './xml-bytes.ts';

const MOST = 12;

/** A row of one column. */
function columnOf(text: string): CopiedRow {
  const bytes = Buffer.alloc(4 + Buffer.byteLength(text));
  bytes.writeInt32BE(bytes.length - 4);
  bytes.write(text, 4);
  return new CopiedRow().open(bytes, 0).next();
}

function written(write: (xml: XmlBytes) => void): string {
  const xml = new XmlBytes();
  write(xml);
  return xml.bytes().toString();
}

test('a stored text is what the database would have written', async () => {
  const edges = [
    '',
    ' ',
    ' a ',
    'a\u00a0',
    '\u2003a',
    '\ufeffa',
    'a\tb',
    '\u0085',
    '\u007fa',
    'a&b<c>',
    '\uffff',
    'ÆØÅæøå',
    '😀'.repeat(9),
  ];
  const letters = fc.constantFrom(
    ...'aÅ& <>\t\n\u0001\u007f\u0080\u009f\u00a0\u00a7\u2003\ufeff\ufffe\uffff'.split(''),
    '😀',
  );
  const random = fc.sample(fc.string({ unit: letters, maxLength: 16 }), { seed: 20260301, numRuns: 500 });
  const texts = [...edges, ...random];
  const rows = await testDatabase().transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ xml: string | null }>(sql`
      select ${raw(escaped('t', MOST))} as xml from unnest(${texts}::text[]) with ordinality as u (t, n) order by n`),
  );
  for (const [i, text] of texts.entries()) {
    expect(
      written((xml) => xml.stored(columnOf(text), MOST)),
      JSON.stringify(text),
    ).toBe(rows[i]!.xml ?? '');
    const element = written((xml) => xml.storedElement(tag('CID'), columnOf(text), MOST));
    expect(element).toBe(rows[i]!.xml === null ? '' : `<CID>${rows[i]!.xml}</CID>`);
  }
});

test.each([
  [0, '0.00'],
  [1, '0.01'],
  [99, '0.99'],
  [100, '1.00'],
  [1999, '19.99'],
  [-100, '-1.00'],
  [123_456_789, '1234567.89'],
  [10_000_000_000_000, '100000000000.00'],
  [9_007_199_254_740_991, '90071992547409.91'],
])('%i øre are %s', (ore, text) => expect(written((xml) => xml.kroner(ore))).toBe(text));

test.each([0, 9, 10, 99, 100, 1_000_000])('%i', (number) =>
  expect(written((xml) => xml.whole(number))).toBe(String(number)),
);

test('grows with what is written', () => {
  const long = Buffer.from('å'.repeat(40_000));
  expect(written((xml) => [1, 2, 3].forEach(() => xml.put(long)))).toBe('å'.repeat(120_000));
});
