/** A page of lines as PDF, in ASCII alone, so that it travels as text. */
export function receiptPdf(lines: readonly string[]): string {
  const content = `BT /F1 12 Tf 60 780 Td 18 TL ${lines.map((line) => `(${escaped(line)}) Tj T*`).join(' ')} ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  let pdf = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const offset = pdf.length;
    pdf += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const start = pdf.length;
  return `${pdf}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
}

/** Letters beyond ASCII as octal codes of WinAnsi, which are those of Latin-1. */
function escaped(text: string): string {
  return text
    .replace(/[\\()]/g, '\\$&')
    .replace(/[^\u0020-\u007e]/g, (sign) =>
      sign.charCodeAt(0) < 256 ? `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}` : '?',
    );
}
