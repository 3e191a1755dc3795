export type XmlProblem = 'not-well-formed' | 'truncated' | 'doctype-refused' | 'xml-limit' | 'encoding';

/** Why reading stopped. `line` counts from 1. */
export class XmlError extends Error {
  override name = 'XmlError';
  readonly problem: XmlProblem;
  readonly line: number;
  constructor(problem: XmlProblem, line: number, message: string) {
    super(message);
    this.problem = problem;
    this.line = line;
  }
}

/** Limits of a file. Far above every real audit file, far below what could harm the server. */
export const XML_LIMITS = {
  depth: 64,
  attributes: 32,
  nameLength: 128,
  /** Most characters of one text, comment, instruction or tag. */
  pieceLength: 1_000_000,
};
