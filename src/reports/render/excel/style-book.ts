import type { Language } from '../../../platform/errors.ts';

/** The style of a cell, stored in the part of the format called cellXfs. */
export interface CellStyle {
  bold?: boolean;
  italic?: boolean;
  large?: boolean;
  /** A warning. */
  red?: boolean;
  link?: boolean;
  shade?: 'head' | 'group';
  /** `top`: a thin line above. `total`: one above, a double one below. `bottom`: a thin line below. */
  lines?: 'top' | 'total' | 'bottom';
  indent?: number;
  align?: 'left' | 'right';
  wrap?: boolean;
  /** At the top of a row that other cells make higher. */
  top?: boolean;
  /** Shrunk rather than truncated. */
  shrink?: boolean;
  /** `decimals:2`: a number with that many decimals. */
  format?: 'amount' | 'date' | 'text' | `decimals:${number}`;
}

const LOCALES: Record<Language, string> = { nb: '[$-414]', en: '[$-809]' };
const FIRST_OWN_FORMAT = 164;
const SHADES = { head: 'FFDCE8E5', group: 'FFF1F6F4' };

/** The styles of a workbook, each once, with the index that cells refer to. */
export class StyleBook {
  readonly #language: Language;
  readonly #numbers = new Map<string, number>();
  readonly #formats: string[] = [];
  readonly #fonts: string[] = [font({})];
  // The first two fills are fixed by the format.
  readonly #fills: string[] = [
    '<fill><patternFill patternType="none"/></fill>',
    '<fill><patternFill patternType="gray125"/></fill>',
  ];
  readonly #borders: string[] = ['<border><left/><right/><top/><bottom/><diagonal/></border>'];
  readonly #cells: string[] = ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'];

  constructor(language: Language) {
    this.#language = language;
  }

  number(style: CellStyle): number {
    const key = JSON.stringify(Object.entries(style).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#cells.push(this.#cell(style)) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  #cell(style: CellStyle): string {
    const { indent, align, wrap, top, shrink, shade, lines } = style;
    const formatId = this.#formatId(style.format);
    const fontId = place(this.#fonts, font(style));
    const fillId = shade ? place(this.#fills, fill(SHADES[shade])) : 0;
    const borderId = lines ? place(this.#borders, border(lines)) : 0;
    const aligned = [
      align ? `horizontal="${align}"` : indent ? `horizontal="left" indent="${indent}"` : '',
      wrap || top ? 'vertical="top"' : '',
      wrap ? 'wrapText="1"' : '',
      shrink ? 'shrinkToFit="1"' : '',
    ].filter(Boolean);
    const ids = `numFmtId="${formatId}" fontId="${fontId}" fillId="${fillId}" borderId="${borderId}" xfId="0"`;
    const applied = 'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1"';
    return aligned.length > 0
      ? `<xf ${ids} ${applied} applyAlignment="1"><alignment ${aligned.join(' ')}/></xf>`
      : `<xf ${ids} ${applied}/>`;
  }

  #formatId(format: CellStyle['format']): number {
    if (format === undefined) return 0;
    if (format === 'text') return 49;
    return FIRST_OWN_FORMAT + place(this.#formats, this.#formatCode(format));
  }

  /** A hyphen-minus, not the typographic minus: an amount that is copied out must remain a number. */
  #formatCode(format: string): string {
    const locale = LOCALES[this.#language];
    if (format === 'amount') return `${locale}#,##0.00`;
    if (format === 'date') return this.#language === 'nb' ? `${locale}dd\\.mm\\.yyyy` : `${locale}d\\ mmm\\ yyyy`;
    const decimals = Number(format.slice(format.indexOf(':') + 1));
    return `${locale}0${decimals > 0 ? `.${'0'.repeat(decimals)}` : ''}`;
  }

  /** The part xl/styles.xml. */
  xml(): string {
    const formats = this.#formats.map(
      (code, at) => `<numFmt numFmtId="${FIRST_OWN_FORMAT + at}" formatCode="${code.replaceAll('"', '&quot;')}"/>`,
    );
    const list = (name: string, items: readonly string[]) =>
      items.length === 0 ? '' : `<${name} count="${items.length}">${items.join('')}</${name}>`;
    return (
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
      '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
      list('numFmts', formats) +
      list('fonts', this.#fonts) +
      list('fills', this.#fills) +
      list('borders', this.#borders) +
      '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
      list('cellXfs', this.#cells) +
      '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>' +
      '</styleSheet>'
    );
  }
}

function place(list: string[], xml: string): number {
  const at = list.indexOf(xml);
  return at >= 0 ? at : list.push(xml) - 1;
}

function font({ bold, italic, large, red, link }: CellStyle): string {
  const color = red ? '<color rgb="FFB00020"/>' : link ? '<color rgb="FF0C5C53"/>' : '<color rgb="FF000000"/>';
  const marks = `${bold ? '<b/>' : ''}${italic ? '<i/>' : ''}${link ? '<u/>' : ''}`;
  return `<font>${marks}<sz val="${large ? 16 : 10}"/>${color}<name val="Calibri"/><family val="2"/></font>`;
}

function fill(color: string): string {
  return `<fill><patternFill patternType="solid"><fgColor rgb="${color}"/><bgColor indexed="64"/></patternFill></fill>`;
}

function border(lines: NonNullable<CellStyle['lines']>): string {
  const line = (side: string, style: string) => `<${side} style="${style}"><color rgb="FF5B6B68"/></${side}>`;
  const top = lines === 'bottom' ? '<top/>' : line('top', 'thin');
  const bottom = lines === 'top' ? '<bottom/>' : line('bottom', lines === 'total' ? 'double' : 'thin');
  return `<border><left/><right/>${top}${bottom}<diagonal/></border>`;
}
