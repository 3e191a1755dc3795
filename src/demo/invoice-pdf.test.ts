import { expect, test } from 'vitest';
import { invoicePdf } from './invoice-pdf.ts';

const pdf = invoicePdf({
  fileName: 'faktura.pdf',
  title: 'Faktura 12 (kopi)',
  lines: ['Blåbærlyng Barnebøker AS', '', 'Å betale: 1 250,00 – netto'],
});
const text = pdf.toString('latin1');

test('every object stands where the cross-reference table says', () => {
  const start = Number(/startxref\n(\d+)\n%%EOF/.exec(text)![1]);
  expect(text.slice(start, start + 4)).toBe('xref');
  const offsets = [...text.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset));
  expect(offsets).toHaveLength(6);
  offsets.forEach((offset, i) => expect(text.slice(offset, offset + 7)).toBe(`${i + 1} 0 obj`));
});

test('the stream is as long as it says', () => {
  const [, length, content] = /<< \/Length (\d+) >>\nstream\n([^]*?)\nendstream/.exec(text)!;
  expect(content).toHaveLength(Number(length));
});

test('Norwegian letters are one byte each, brackets escaped, a dash written plainly', () => {
  expect(text).toContain('(Faktura 12 \\(kopi\\))');
  expect(text).toContain('(Blåbærlyng Barnebøker AS)');
  expect(text).toContain('1 250,00 - netto');
});
