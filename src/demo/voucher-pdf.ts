import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { INK, PdfFile, QUIET, textLines } from '../reports/index.ts';
import type { StoryDocument } from './story/book.ts';

const LEFT = 56;
const WIDTH = 483;
const MADE_UP = 'Oppdiktet bilag i demoregnskapet. Foretak, personer og beløp finnes ikke.';
/** The same document has the same bytes, whenever the demo is created. */
const MADE_AT = new Date('2025-01-01T00:00:00Z');

/** A document of the story on one page, as PDF/A. */
export async function voucherPdf({ title, lines }: StoryDocument): Promise<Buffer> {
  const file = new PdfFile({
    title,
    author: 'Hovedbok',
    subject: MADE_UP,
    language: 'nb',
    createdAt: MADE_AT,
    tagged: true,
  });
  const { regular, bold, tags } = file;
  const sheet = file.startPage(595.28, 841.89);
  const say = (type: 'H1' | 'P', face: typeof bold, size: number, y: number, text: string, ink = INK): number => {
    const printed = textLines(face, face.printable(text), size, WIDTH, 4);
    const element = tags.open(tags.document, type);
    sheet.within(element, () =>
      printed.forEach((line, i) => sheet.text(face, size, LEFT, y + i * size * 1.4, line, ink)),
    );
    tags.close(element);
    return y + printed.length * size * 1.4;
  };
  let y = say('H1', bold, 19, 66, title) + 12;
  for (const line of lines) y = line === '' ? y + 11 : say('P', regular, 11, y, line) + 2;
  say('P', regular, 8, 806, MADE_UP, QUIET);
  file.end();
  return buffer(Readable.from(file.rest()));
}
