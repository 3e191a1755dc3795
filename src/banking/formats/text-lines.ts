import { decodeText } from './decode-text.ts';
import type { BankFaults } from './fault.ts';

/** A line without its terminator. `number` counts from 1. */
export interface TextLine {
  number: number;
  text: string;
}

/** In characters. A bank writes a few hundred at most. */
const LINE_LENGTH = 100_000;

/** Lines terminated by LF or CR LF, a list for each chunk of bytes; the last one may lack its terminator. */
export async function* textLines(bytes: AsyncIterable<Uint8Array>, faults: BankFaults): AsyncGenerator<TextLine[]> {
  let rest = '';
  let number = 0;
  for await (const text of decodeText(bytes, faults)) {
    const parts = (rest + text).split('\n');
    rest = parts.pop()!;
    const lines = parts.map((part): TextLine => ({
      number: ++number,
      text: part.endsWith('\r') ? part.slice(0, -1) : part,
    }));
    if (lines.some((line) => line.text.length > LINE_LENGTH) || rest.length > LINE_LENGTH) {
      faults.add('line-too-long', { line: number + 1, expected: `at most ${LINE_LENGTH} characters` });
      return;
    }
    if (lines.length) yield lines;
  }
  if (rest !== '') yield [{ number: number + 1, text: rest.endsWith('\r') ? rest.slice(0, -1) : rest }];
}
