/**
 * An array literal of PostgreSQL that grows value by value. Building the text directly costs a fraction of what the
 * driver takes to convert a JavaScript array, and an import is mostly arrays.
 */
export class ArrayText {
  #text = '{';

  /** Digits only: numbers, bigints, dates. */
  plain(value: number | bigint | string | null): void {
    this.#text += this.#text.length > 1 ? `,${value ?? 'null'}` : `${value ?? 'null'}`;
  }

  text(value: string | null): void {
    if (value === null) return this.plain(null);
    const quoted = SPECIAL.test(value) ? value.replace(/["\\]/g, '\\$&') : value;
    this.#text += this.#text.length > 1 ? `,"${quoted}"` : `"${quoted}"`;
  }

  end(): string {
    const text = this.#text + '}';
    this.#text = '{';
    return text;
  }
}

const SPECIAL = /["\\]/;
