import type { AmountForm, DecimalMark } from './csv-values.ts';

/** The decimal mark of a file, decided by its unambiguous amounts. */
export class CsvDecimal {
  readonly #seen = new Set<DecimalMark>();

  see(form: AmountForm): void {
    if (form === ',' || form === '.') this.#seen.add(form);
  }

  get isDecided(): boolean {
    return this.#seen.size > 0;
  }

  /** Null while undecided, and if the file uses both. */
  get mark(): DecimalMark | null {
    return this.#seen.size === 1 ? [...this.#seen][0]! : null;
  }
}
