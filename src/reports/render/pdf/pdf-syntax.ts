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

/** A file that objects are written to. */
export interface ObjectWriter {
  /** An object that others can refer to before it is written. */
  reference(): PdfReference;
  write(reference: PdfReference, syntax: string): void;
  /** Registers who owns marked content or an annotation; returns the key that it names its owner by. */
  parentKey(owners: Raw): number;
  structureRoot(): PdfReference & { data: { K?: PdfReference[] } };
}
