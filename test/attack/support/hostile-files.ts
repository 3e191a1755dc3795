import { rawZip, zipOf } from '../../support/files/zip-of.ts';

/** A file made to do harm. */
export interface HostileFile {
  name: string;
  make(): Buffer | Promise<Buffer>;
}

const CAMT = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.02';
const SAFT = 'urn:StandardAuditFile-Taxation-Financial:NO';

const text = (name: string, content: string | (() => string)): HostileFile => ({
  name,
  make: () => Buffer.from(typeof content === 'string' ? content : content()),
});

const camt = (inner: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="${CAMT}"><BkToCstmrStmt>${inner}</BkToCstmrStmt></Document>`;
const saft = (inner: string) => `<?xml version="1.0" encoding="UTF-8"?><AuditFile xmlns="${SAFT}">${inner}</AuditFile>`;

/** XML that is invalid, endless or slow, inside the two kinds of document that are read. */
function xmlKinds(wrap: (inner: string) => string, kind: string): HostileFile[] {
  const inside = (name: string, inner: string | (() => string)): HostileFile =>
    text(`${kind}: ${name}`, () => wrap(typeof inner === 'string' ? inner : inner()));
  const whole = (name: string, content: () => string) => text(`${kind}: ${name}`, content);
  const document = wrap('<A>x</A>');
  const body = document.slice(document.indexOf('?>') + 2);
  return [
    whole(
      'an external entity',
      () =>
        `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${body.replace('x</A>', '&x;</A>')}`,
    ),
    whole(
      'entities that grow',
      () =>
        `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${'bcdefghij'
          .split('')
          .map((name, i) => `<!ENTITY ${name} "${`&${'abcdefghij'[i]};`.repeat(10)}">`)
          .join('')}]>${body.replace('x</A>', '&j;</A>')}`,
    ),
    whole('a parameter entity', () => `<!DOCTYPE a [<!ENTITY % d SYSTEM "http://127.0.0.1:9/x">%d;]>${body}`),
    whole('a doctype without end', () => `<!DOCTYPE a [${'<!ELEMENT a ANY>'.repeat(20_000)}`),
    inside('an unknown entity', '<A>&x;</A>'),
    inside('a character that XML forbids', '<A>&#0;</A>'),
    inside('a character far beyond', `<A>&#${'9'.repeat(50_000)};</A>`),
    inside('deep nesting', () => `${'<a>'.repeat(200_000)}${'</a>'.repeat(200_000)}`),
    inside('deep nesting that is not closed', () => '<a>'.repeat(300_000)),
    inside('end tags with many blanks', () => `<a></a${' '.repeat(60_000)}x>`.repeat(2)),
    inside('an end tag of blanks that never ends', () => `<a></a${' '.repeat(100_000)}`),
    inside('an end tag of line breaks', () => `<a></a${'\n\t '.repeat(30_000)}/>`),
    inside('a start tag of blanks that never ends', () => `<a${' '.repeat(100_000)}`),
    inside('many attributes', () => `<a ${Array.from({ length: 50_000 }, (_, i) => `a${i}="1"`).join(' ')}/>`),
    inside('an attribute without end', () => `<a b="${'x'.repeat(1_000_000)}`),
    inside('the same attribute again and again', () => `<a ${'b="1" '.repeat(50_000)}/>`),
    inside('one name of a megabyte', () => `<${'a'.repeat(1_000_000)}/>`),
    inside('many names', () => Array.from({ length: 60_000 }, (_, i) => `<a${i}/>`).join('')),
    inside('text of megabytes', () => `<A>${'x'.repeat(6_000_000)}</A>`),
    inside('CDATA of megabytes', () => `<A><![CDATA[${']]'.repeat(2_000_000)}</A>`),
    inside('a comment of dashes', () => `<!--${'-'.repeat(1_000_000)}`),
    inside('an instruction without end', () => `<?a ${'?'.repeat(1_000_000)}`),
    inside('ampersands', () => '&'.repeat(1_000_000)),
    inside('brackets', () => '<'.repeat(1_000_000)),
    whole('a declaration of blanks', () => `<?xml version="1.0"${' '.repeat(100_000)}`),
    whole('a declaration of another encoding', () => `<?xml version="1.0" encoding="${'x'.repeat(50_000)}"?>${body}`),
    whole('UTF-7', () => `<?xml version="1.0" encoding="UTF-7"?>${body}`),
    whole('a namespace that is another', () => body.replace(/xmlns="[^"]+"/, 'xmlns="urn:x"')),
    whole('cut in the middle', () => document.slice(0, document.length / 2)),
    whole('two roots', () => `${document}${body}`),
    whole('something behind the root', () => `${document}${'x'.repeat(1_000)}`),
    {
      name: `${kind}: bytes that are no UTF-8`,
      make: () => Buffer.concat([Buffer.from(document.slice(0, -20)), Buffer.from([0xff, 0xfe, 0xc0, 0xaf])]),
    },
    { name: `${kind}: UTF-16 without its mark`, make: () => Buffer.from(document, 'utf16le') },
    {
      name: `${kind}: a UTF-16 mark before UTF-8`,
      make: () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(document)]),
    },
    {
      name: `${kind}: in a ZIP under a path that leaves the folder`,
      make: () => rawZip('../../../../etc/cron.d/x', Buffer.from(document)),
    },
  ];
}

export const HOSTILE_FILES: readonly HostileFile[] = [
  ...xmlKinds(camt, 'camt.053'),
  ...xmlKinds(saft, 'SAF-T'),
  { name: 'a ZIP bomb', make: () => rawZip('a.xml', Buffer.alloc(300_000_000, ' ')) },
  {
    name: 'a ZIP in a ZIP in a ZIP',
    make: async () => zipOf({ 'a.zip': await zipOf({ 'b.zip': await zipOf({ 'c.xml': camt('') }) }) }),
  },
  {
    name: 'a ZIP of thousands of members',
    make: () => zipOf(Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`${i}.xml`, '<a/>']))),
  },
  { name: 'a ZIP whose member says another size', make: () => rawZip('a.xml', Buffer.from(camt('')), { size: 10 }) },
  { name: 'a ZIP that says it holds 4 GB', make: () => rawZip('a.xml', Buffer.from(camt('')), { size: 0xffff_fffe }) },
  { name: 'a ZIP in an unknown method', make: () => rawZip('a.xml', Buffer.from(camt('')), { method: 99 }) },
  { name: 'a ZIP that is encrypted', make: () => rawZip('a.xml', Buffer.from(camt('')), { flags: 1 }) },
  { name: 'a ZIP with an absolute path', make: () => rawZip('/etc/passwd', Buffer.from(camt(''))) },
  { name: 'a ZIP with a name of Windows', make: () => rawZip('C:\\windows\\x.xml', Buffer.from(camt(''))) },
  { name: 'a ZIP with NUL in a name', make: () => rawZip('a\0.xml', Buffer.from(camt(''))) },
  { name: 'a ZIP with a name of 60,000 signs', make: () => rawZip('a'.repeat(60_000), Buffer.from(camt(''))) },
  { name: 'a ZIP of nothing', make: () => Buffer.from('PK\u0005\u0006'.padEnd(22, '\0'), 'latin1') },
  { name: 'the beginning of a ZIP', make: () => rawZip('a.xml', Buffer.from(camt(''))).subarray(0, 40) },
  {
    name: 'a ZIP of end tags with blanks',
    make: () => rawZip('a.xml', Buffer.from(camt(`<a></a${' '.repeat(100_000)}x>`))),
  },
  {
    name: 'a ZIP of tags that never end',
    make: () => rawZip('a.xml', Buffer.from(`${camt('').slice(0, -30)}</${' \n'.repeat(50_000)}`)),
  },
  text('CSV of one field', () => `Dato;Tekst;Beløp\n"${'x'.repeat(3_000_000)}`),
  text('CSV of quotes', () => `Dato;Tekst;Beløp\n${'"'.repeat(1_000_001)}`),
  text('CSV of separators', () => `Dato;Tekst;Beløp\n${';'.repeat(2_000_000)}`),
  text('CSV of empty lines', () => `Dato;Tekst;Beløp\n${'\r\n'.repeat(1_000_000)}`),
  text('CSV of blanks', () => `Bokføringsdato;Beløp;Tekst\n01.01.2026;${' '.repeat(500_000)}x;a\n`),
  text('CSV of an amount of digits', () => `Bokføringsdato;Beløp;Tekst\n01.01.2026;${'9'.repeat(500_000)};a\n`),
  text('CSV that is a formula', 'Bokføringsdato;Beløp;Tekst\n01.01.2026;1,00;=cmd|/c calc!A1\n'),
  text('OCR of zeros', () => `NY000010${'0'.repeat(72)}\n`.repeat(5_000)),
  text('OCR that is cut', `NY000010${'0'.repeat(40)}`),
  text('MT940 of one line', () => `:20:${'x'.repeat(2_000_000)}`),
  text(
    'MT940 of details',
    () =>
      `:20:A\n:25:15034011238\n:28C:1\n:60F:C260101NOK1,00\n:61:${'2601010101C1,00NMSC'.repeat(20_000)}\n:86:${'a'.repeat(1_000_000)}\n`,
  ),
  text('MT940 of tags', () => ':20:\n'.repeat(200_000)),
  text('blanks', () => ' '.repeat(4_000_000)),
  text('NUL', () => '\0'.repeat(1_000_000)),
  text('half characters', () => '\ufffd'.repeat(1_000_000)),
  {
    name: 'random bytes',
    make: () => Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919 + (i >> 3)) % 256)),
  },
  text('a page', '<!doctype html><html><script>alert(1)</script></html>'),
  text('JSON', '{"a":'.repeat(50_000)),
  text('a program', '#!/bin/sh\nrm -rf /\n'),
];
