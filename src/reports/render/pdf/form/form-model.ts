import type { Language } from '../../../../platform/errors.ts';

/** A form for print and signature: what is known is filled in, the rest is left to write on. */
export interface PdfForm {
  language: Language;
  title: string;
  /** Under the title, such as whom it is sent to. */
  lead: string;
  /** In the upper right corner. */
  facts: readonly { label: string; text: string }[];
  sections: readonly FormSection[];
  /** Whose it is, for the file. */
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
  /** Two in a row; null is a line to write on. */
  | { kind: 'fields'; fields: readonly FormField[] }
  /** Boxes, two in a row. */
  | { kind: 'choices'; choices: readonly { text: string; ticked: boolean }[] }
  /** `shares`: how wide the columns are against each other. An empty cell is a line to write on. */
  | { kind: 'table'; columns: readonly string[]; shares: readonly number[]; rows: readonly (readonly string[])[] }
  | { kind: 'text'; text: string }
  /** Lines to sign on, side by side, with what is written under each other below a heading. */
  | { kind: 'signatures'; signers: readonly { heading: string; lines: readonly string[] }[] };

export interface FormField {
  label: string;
  text: string | null;
}

export const BOX = '\u2610';
export const TICKED = '\u2611';
