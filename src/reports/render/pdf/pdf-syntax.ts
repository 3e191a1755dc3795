/** Raw PDF syntax; pdfkit writes it unchanged. */
export class Raw {
  readonly #syntax: string;
  // Any tag other than «Object» keeps pdfkit from treating it as a dictionary.
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
  /** Its place in the file, when it is written. */
  offset?: number;
  end(): void;
}

/** A file that objects are written to. */
export interface ObjectWriter {
  /** An object that others can refer to before it is written. */
  reference(): PdfReference;
  write(reference: PdfReference, syntax: string): void;
  /** Registers the owner of marked content or an annotation; returns its key. */
  parentKey(owners: Raw): number;
  structureRoot(): PdfReference & { data: { K?: PdfReference[] } };
}
