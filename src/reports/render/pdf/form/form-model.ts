import type { Language } from '../../../../platform/errors.ts';

/** A form for print and signature: known data are filled in, the rest is left blank to write on. */
export interface PdfForm {
  language: Language;
  title: string;
  /** Below the title, such as the recipient. */
  lead: string;
  /** In the upper right corner. */
  facts: readonly { label: string; text: string }[];
  sections: readonly FormSection[];
  /** The author, for the file's metadata. */
  author: string;
  createdAt: Date;
  /** At the foot of each page, before the page number. */
  foot: string;
}

export interface FormSection {
  title: string;
  parts: readonly FormPart[];
}

export type FormPart =
  /** Two per row; null is a line to write on. */
  | { kind: 'fields'; fields: readonly FormField[] }
  /** Boxes, two per row. */
  | { kind: 'choices'; choices: readonly { text: string; ticked: boolean }[] }
  /** `shares`: relative widths of the columns. An empty cell is a line to write on. */
  | { kind: 'table'; columns: readonly string[]; shares: readonly number[]; rows: readonly (readonly string[])[] }
  | { kind: 'text'; text: string }
  /** Lines to sign on, side by side, with texts below each and a heading. */
  | { kind: 'signatures'; signers: readonly { heading: string; lines: readonly string[] }[] };

export interface FormField {
  label: string;
  text: string | null;
}

export const BOX = '\u2610';
export const TICKED = '\u2611';
