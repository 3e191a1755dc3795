import type { TextLine } from '../text-lines.ts';

/** A field: its tag, and its text including continuation lines. */
export interface TagField {
  tag: string;
  line: number;
  lines: string[];
}

const TAGS = new Set([
  '20',
  '21',
  '25',
  '25P',
  '28',
  '28C',
  '13D',
  '34F',
  '90D',
  '90C',
  '60F',
  '60M',
  '61',
  '86',
  '62F',
  '62M',
  '64',
  '65',
]);

/** Joins lines to fields. Text may begin with `:12:` by chance, so only the tags of a statement begin a field. */
export class TagLines {
  #field: TagField | null = null;

  /** Returns the field that this line completes, if any. */
  add({ number, text }: TextLine): TagField | null {
    const bare = text.replace(/^(?:\{[123]:[^{}]*\}|\{4:)+/, '');
    const match = /^:(\d{2}[A-Z]?):(.*)$/.exec(bare);
    const known = match !== null && TAGS.has(match[1]!);
    const isEnd = bare === '-' || bare.startsWith('-}') || bare === '\u0003';
    if (!known && !isEnd) {
      if (this.#field) this.#field.lines.push(bare);
      else if (bare.trim() !== '') return { tag: '', line: number, lines: [bare] };
      return null;
    }
    const done = this.#field;
    this.#field = known ? { tag: match[1]!, line: number, lines: [match[2]!] } : null;
    return done;
  }

  end(): TagField | null {
    const done = this.#field;
    this.#field = null;
    return done;
  }
}
