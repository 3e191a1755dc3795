export type XmlProblem = 'not-well-formed' | 'truncated' | 'doctype-refused' | 'xml-limit' | 'encoding';

/** Why the reading stopped. `line` is where, from 1. */
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

/** What a file may ask of us. Far above every real audit file, far below what could hurt. */
export const XML_LIMITS = {
  depth: 64,
  attributes: 32,
  nameLength: 128,
  /** Text, comment, instruction or tag in one piece, in characters. */
  pieceLength: 1_000_000,
};
