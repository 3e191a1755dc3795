import type { StoryDocument } from './story/book.ts';

const TOP = 780;
const LEFT = 56;

/** One page of text as a PDF 1.4, without any library: objects, their offsets, and the text in Windows-1252. */
export function invoicePdf({ title, lines }: StoryDocument): Buffer {
  const text = [
    `BT /F2 18 Tf ${LEFT} ${TOP} Td ${shown(title)} Tj ET`,
    ...lines.map((line, i) => `BT /F1 11 Tf ${LEFT} ${TOP - 36 - i * 17} Td ${shown(line)} Tj ET`),
    `BT /F1 8 Tf ${LEFT} 48 Td ${shown('Oppdiktet bilag i demoregnskapet. Foretak, personer og beløp finnes ikke.')} Tj ET`,
  ].join('\n');
  const font = (name: string) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R
/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>`,
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    font('Helvetica'),
    font('Helvetica-Bold'),
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const offset = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const offset of offsets) file += `${String(offset).padStart(10, '0')} 00000 n \n`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  // Every character is one byte below 256, so offsets counted in characters are offsets in bytes.
  return Buffer.from(file, 'latin1');
}

/** A string operand: brackets and backslashes escaped, anything beyond Latin-1 as a question mark. */
function shown(text: string): string {
  const latin = text.replaceAll('–', '-').replace(/[^\x20-\x7e\xa0-\xff]/g, '?');
  return `(${latin.replace(/[\\()]/g, '\\$&')})`;
}
