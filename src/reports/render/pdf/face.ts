import type { PdfReference } from './pdf-syntax.ts';
import { printable } from './printable-text.ts';

interface Glyph {
  id: number;
  advanceWidth: number;
  codePoints: number[];
}

/** pdfkit's fields of a font that it embeds a subset of. */
export interface EmbeddedFont {
  id: string;
  name: string;
  ref(): PdfReference;
  font: {
    layout(text: string): { glyphs: Glyph[]; positions: { xAdvance: number }[] };
    hasGlyphForCodePoint(codePoint: number): boolean;
    glyphForCodePoint(codePoint: number): Glyph;
  };
  scale: number;
  subset: { includeGlyph(id: number): number };
  widths: number[];
  unicode: number[][];
}

interface Word {
  /** The codes of its glyphs in the subset, with kerning between: `<${codes}>` are the contents of a TJ array. */
  codes: string;
  width: number;
}

const KEPT = 20_000;
const WITH_FIGURES = /\d/;
const [ZERO, NINE] = [0x30, 0x39];
const NO_BREAK = 0xa0;

/**
 * One weight of the typeface. Widths are in thousandths of the type size. Words are shaped once, with kerning; figures
 * are set glyph by glyph, all of one width, so that columns are aligned.
 */
export class Face {
  readonly id: string;
  readonly #font: EmbeddedFont;
  readonly #texts = new Map<string, Word>();
  readonly #words = new Map<string, Word>();
  readonly #figures = new Map<number, Word>();
  readonly #known = new Map<number, boolean>();
  readonly #space: Word;

  constructor(font: EmbeddedFont) {
    this.id = font.id;
    this.#font = font;
    this.#space = this.#figure(0x20);
  }

  readonly reference = () => this.#font.ref();

  /** The text with every character replaced that this typeface has no glyph for. */
  printable(text: string): string {
    return printable(text, this.#has);
  }

  readonly #has = (codePoint: number): boolean => {
    let has = this.#known.get(codePoint);
    if (has === undefined) this.#known.set(codePoint, (has = this.#font.font.hasGlyphForCodePoint(codePoint)));
    return has;
  };

  /** Of printable text. */
  width(text: string): number {
    return this.#text(text).width;
  }

  /** Printable text as the operand of TJ. */
  encode(text: string): string {
    const { codes } = this.#text(text);
    return codes === '' ? '[]' : `[<${codes}>]`;
  }

  figuresWidth(figures: string): number {
    let width = 0;
    for (let at = 0; at < figures.length; at++) width += this.#figure(figures.charCodeAt(at)).width;
    return width;
  }

  /** Figures, dates and rates as the operand of TJ. */
  encodeFigures(figures: string): string {
    let codes = '';
    for (let at = 0; at < figures.length; at++) codes += this.#figure(figures.charCodeAt(at)).codes;
    return `[<${codes}>]`;
  }

  /** Names come again on many rows; numbers of documents are all different and not worth caching. */
  #text(text: string): Word {
    if (WITH_FIGURES.test(text)) return this.#compose(text, this.#word);
    return kept(this.#texts, text, () => this.#compose(text, this.#letters));
  }

  /** Words with spaces between them. */
  #compose(text: string, wordOf: (text: string) => Word): Word {
    let codes = '';
    let width = 0;
    for (let from = 0, end = 0; from <= text.length; from = end + 1) {
      end = text.indexOf(' ', from);
      if (end < 0) end = text.length;
      const word = wordOf(from === 0 && end === text.length ? text : text.slice(from, end));
      codes += from === 0 ? word.codes : this.#space.codes + word.codes;
      width += word.width + this.#space.width;
    }
    return { codes, width: width - this.#space.width };
  }

  /** Letters as shaped, figures one by one. */
  readonly #word = (text: string): Word => {
    let codes = '';
    let width = 0;
    const add = (part: Word) => {
      codes += part.codes;
      width += part.width;
    };
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text.charCodeAt(at);
      if (character < ZERO || character > NINE) continue;
      if (at > from) add(this.#letters(text.slice(from, at)));
      add(this.#figure(character));
      from = at + 1;
    }
    if (from < text.length) add(this.#letters(text.slice(from)));
    return { codes, width };
  };

  readonly #letters = (text: string): Word => kept(this.#words, text, () => this.#shape(text));

  #shape(text: string): Word {
    if (text === '') return { codes: '', width: 0 };
    const { glyphs, positions } = this.#font.font.layout(text);
    let codes = '';
    let width = 0;
    for (const [at, glyph] of glyphs.entries()) {
      const { xAdvance } = positions[at]!;
      codes += this.#include(glyph);
      const kern = Math.round((glyph.advanceWidth - xAdvance) * this.#font.scale);
      if (kern !== 0) codes += `>${kern}<`;
      width += glyph.advanceWidth * this.#font.scale - kern;
    }
    return { codes, width };
  }

  #figure(character: number): Word {
    let figure = this.#figures.get(character);
    if (!figure) {
      const glyph = this.#font.font.glyphForCodePoint(character === NO_BREAK ? 0x20 : character);
      figure = { codes: this.#include(glyph), width: glyph.advanceWidth * this.#font.scale };
      this.#figures.set(character, figure);
    }
    return figure;
  }

  /** The code of a glyph in the subset. */
  #include(glyph: Glyph): string {
    const code = this.#font.subset.includeGlyph(glyph.id);
    this.#font.widths[code] ??= glyph.advanceWidth * this.#font.scale;
    this.#font.unicode[code] ??= glyph.codePoints;
    return code.toString(16).padStart(4, '0');
  }
}

function kept(cache: Map<string, Word>, text: string, make: () => Word): Word {
  let word = cache.get(text);
  if (!word) {
    if (cache.size >= KEPT) cache.clear();
    cache.set(text, (word = make()));
  }
  return word;
}
