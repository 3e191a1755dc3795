import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { xmlFilesInPdf } from './pdf-invoice.ts';

const XML = '<?xml version="1.0"?><Invoice/>';

function pdf(content: Buffer | string, dictionary: string): Buffer {
  return Buffer.concat([
    Buffer.from(
      `%PDF-1.7\n1 0 obj\n<< /Names << /EmbeddedFiles 2 0 R >> >>\nendobj\n3 0 obj\n<< ${dictionary} >>\nstream\n`,
    ),
    Buffer.from(content),
    Buffer.from('\nendstream\nendobj\n%%EOF\n'),
  ]);
}

test.each<[string, Buffer, string[]]>([
  ['as it is', pdf(XML, '/Type /EmbeddedFile /Length 31'), [`${XML}\n`]],
  ['packed', pdf(deflateSync(XML), '/Type /EmbeddedFile /Filter /FlateDecode'), [XML]],
  ['packed, in a list of filters', pdf(deflateSync(XML), '/Filter [/FlateDecode] /Type/EmbeddedFile'), [XML]],
  ['packed otherwise', pdf(XML, '/Type /EmbeddedFile /Filter /LZWDecode'), []],
  ['encrypted', pdf(Buffer.from('9f8e7d6c', 'hex'), '/Type /EmbeddedFile /Filter /FlateDecode'), []],
  [
    'that grows beyond all bounds',
    pdf(deflateSync(`<${'a'.repeat(30_000_000)}`), '/Type /EmbeddedFile /Filter /FlateDecode'),
    [],
  ],
  ['that is no XML', pdf('en hemmelig tekst', '/Type /EmbeddedFile'), []],
  ['without an end', Buffer.from('%PDF-1.7 3 0 obj << /Type /EmbeddedFile >> stream\n<a/>'), []],
  ['that nobody began', Buffer.from('/EmbeddedFile'.repeat(5_000)), []],
  ['of a PDF with none', Buffer.from('%PDF-1.7\n%%EOF'), []],
])('a file inside a PDF, %s', (_, content, found) => {
  expect(xmlFilesInPdf(content).map(String)).toEqual(found);
});
