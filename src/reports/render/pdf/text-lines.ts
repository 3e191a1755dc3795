import type { Face } from './face.ts';

const ELLIPSIS = '\u2026';

/**
 * Divides printable text into lines no wider than `width` (points), up to a number of lines; an ellipsis marks omitted
 * text. A word too long for a line is divided after a hyphen or slash if it has one.
 */
export function textLines(face: Face, text: string, size: number, width: number, most: number): string[] {
  const room = (width * 1000) / size;
  if (face.width(text) <= room) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (face.width(longer) <= room) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const parts = face.width(word) <= room ? [word] : dividedWord(face, word, room);
    line = parts.pop()!;
    lines.push(...parts);
    if (lines.length > most) break;
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), shortened(face, lines.slice(most - 1).join(' '), room)];
}

/** One line of at most `room` thousandths of the type size. */
export function shortened(face: Face, text: string, room: number): string {
  if (face.width(text) <= room) return text;
  const letters = Array.from(text);
  let [fits, over] = [0, letters.length];
  while (over - fits > 1) {
    const middle = (fits + over) >> 1;
    if (face.width(letters.slice(0, middle).join('').trimEnd() + ELLIPSIS) <= room) fits = middle;
    else over = middle;
  }
  return letters.slice(0, fits).join('').trimEnd() + ELLIPSIS;
}

function dividedWord(face: Face, word: string, room: number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const piece of word.split(/(?<=[-/_.@])/)) {
    if (face.width(part + piece) <= room) {
      part += piece;
      continue;
    }
    if (part !== '') parts.push(part);
    part = piece;
    while (face.width(part) > room) {
      const [head, rest] = cut(face, part, room);
      parts.push(head);
      part = rest;
    }
  }
  return [...parts, part];
}

/** Letters get a hyphen where they are divided; text with figures could be misread with one. */
function cut(face: Face, word: string, room: number): [string, string] {
  const letters = Array.from(word);
  const hyphen = /^\p{L}+$/u.test(word) ? '-' : '';
  let count = Math.max(1, letters.length - 1);
  while (count > 1 && face.width(letters.slice(0, count).join('') + hyphen) > room) count -= 1;
  return [letters.slice(0, count).join('') + hyphen, letters.slice(count).join('')];
}
