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
  /** The contents of a TJ array. */
  glyphs: string;
  width: number;
}

const WORDS_KEPT = 50_000;

/**
 * One weight of the typeface. Widths are in thousandths of the type size. Words are shaped once, with kerning; figures
 * are set glyph by glyph, all of one width, so that columns are aligned.
 */
export class Face {
  readonly id: string;
  readonly #font: EmbeddedFont;
  readonly #words = new Map<string, Word>();
  readonly #figures = new Map<string, Word>();
  readonly #known = new Map<number, boolean>();
  readonly #space: Word;

  constructor(font: EmbeddedFont) {
    this.id = font.id;
    this.#font = font;
    this.#space = this.#figure(' ');
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
    let width = 0;
    for (const word of text.split(' ')) width += this.#word(word).width + this.#space.width;
    return width - this.#space.width;
  }

  /** Printable text as the operand of TJ. */
  encode(text: string): string {
    const glyphs = text.split(' ').map((word) => this.#word(word).glyphs);
    return `[${glyphs.join(this.#space.glyphs).replaceAll('><', '')}]`;
  }

  figuresWidth(figures: string): number {
    let width = 0;
    for (const character of figures) width += this.#figure(character).width;
    return width;
  }

  /** Figures, dates and rates as the operand of TJ. */
  encodeFigures(figures: string): string {
    let glyphs = '';
    for (const character of figures) glyphs += this.#figure(character).glyphs;
    return `[${glyphs.replaceAll('><', '')}]`;
  }

  /** Letters as shaped, figures one by one: document numbers are all different and not worth caching. */
  #word(text: string): Word {
    if (!/\d/.test(text)) return this.#letters(text);
    let glyphs = '';
    let width = 0;
    for (const part of text.match(/\d+|\D+/g)!) {
      const isFigures = part.charCodeAt(0) >= 0x30 && part.charCodeAt(0) <= 0x39;
      if (!isFigures) {
        const word = this.#letters(part);
        glyphs += word.glyphs;
        width += word.width;
        continue;
      }
      for (const character of part) {
        const figure = this.#figure(character);
        glyphs += figure.glyphs;
        width += figure.width;
      }
    }
    return { glyphs, width };
  }

  #letters(text: string): Word {
    let word = this.#words.get(text);
    if (!word) {
      if (this.#words.size >= WORDS_KEPT) this.#words.clear();
      this.#words.set(text, (word = this.#shape(text)));
    }
    return word;
  }

  #shape(text: string): Word {
    if (text === '') return { glyphs: '', width: 0 };
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
    return { glyphs: `<${codes}>`, width };
  }

  #figure(character: string): Word {
    let figure = this.#figures.get(character);
    if (!figure) {
      const glyph = this.#font.font.glyphForCodePoint(character === '\u00a0' ? 0x20 : character.codePointAt(0)!);
      figure = { glyphs: `<${this.#include(glyph)}>`, width: glyph.advanceWidth * this.#font.scale };
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
