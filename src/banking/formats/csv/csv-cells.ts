/** A row of a CSV file. `line` is its first line, from 1. */
export interface CsvCells {
  line: number;
  cells: string[];
}

/** In characters. */
const CELL_LENGTH = 20_000;
const CELLS = 200;

/** Why a file is not CSV, and at which line. */
export class CsvBroken extends Error {
  readonly code: 'quote-open' | 'text-too-long';
  readonly line: number;
  constructor(code: CsvBroken['code'], line: number) {
    super(code);
    this.code = code;
    this.line = line;
  }
}

/** Splits text in chunks of any size into rows of cells: RFC 4180 with any separator; cells may contain line breaks. */
export class CsvSplitter {
  readonly #separator: string;
  #line = 1;
  #rowLine = 1;
  #cells: string[] = [];
  #cell = '';
  /** plain: outside quotes; quoted: inside; closing: after a quote that ends the cell or is doubled. */
  #state: 'plain' | 'quoted' | 'closing' = 'plain';

  constructor(separator: string) {
    this.#separator = separator;
  }

  write(text: string): CsvCells[] {
    const rows: CsvCells[] = [];
    for (const character of text) {
      if (this.#state === 'closing') {
        if (character === '"') {
          this.#cell += '"';
          this.#state = 'quoted';
          continue;
        }
        this.#state = 'plain';
      }
      if (this.#state === 'quoted') {
        if (character === '"') this.#state = 'closing';
        else {
          if (character === '\n') this.#line++;
          this.#cell += character;
        }
      } else if (character === '"' && this.#cell.trim() === '') {
        this.#cell = '';
        this.#state = 'quoted';
      } else if (character === this.#separator) this.#endCell();
      else if (character === '\n') this.#endRow(rows);
      else this.#cell += character;
      if (this.#cell.length > CELL_LENGTH) {
        throw new CsvBroken(this.#state === 'quoted' ? 'quote-open' : 'text-too-long', this.#rowLine);
      }
    }
    return rows;
  }

  end(): CsvCells[] {
    if (this.#state === 'quoted') throw new CsvBroken('quote-open', this.#rowLine);
    const rows: CsvCells[] = [];
    if (this.#cell !== '' || this.#cells.length) this.#endRow(rows);
    return rows;
  }

  #endCell(): void {
    if (this.#cells.push(this.#cell.trim()) > CELLS) throw new CsvBroken('text-too-long', this.#rowLine);
    this.#cell = '';
  }

  #endRow(rows: CsvCells[]): void {
    this.#endCell();
    if (this.#cells.some((cell) => cell !== '')) rows.push({ line: this.#rowLine, cells: this.#cells });
    this.#cells = [];
    this.#rowLine = ++this.#line;
  }
}

/** The cells of one complete line. */
export function splitLine(line: string, separator: string): string[] {
  const splitter = new CsvSplitter(separator);
  return (splitter.write(`${line}\n`)[0] ?? { cells: [] }).cells;
}
