/** PDF syntax as it stands in the file; pdfkit writes it through. */
export class Raw {
  readonly #syntax: string;
  // Anything but «Object» keeps pdfkit from taking it for a dictionary.
  readonly [Symbol.toStringTag] = 'PdfSyntax';

  constructor(syntax: string) {
    this.#syntax = syntax;
  }

  toString(): string {
    return this.#syntax;
  }
}

export interface PdfReference {
  id: number;
  data: unknown;
  end(): void;
}
