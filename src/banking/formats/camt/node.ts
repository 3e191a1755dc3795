import type { CamtState } from './state.ts';

/**
 * A known element, below its parent. Elements without a node are skipped: versions of the message add elements, and banks
 * add their own.
 */
export interface CamtNode {
  children: ReadonlyMap<string, CamtNode> | null;
  /** Has text. A node can have text and children: entry status is text in version 02 and an element in later ones. */
  leaf: boolean;
  /** Set for elements that may occur only once in their parent. */
  bit: number;
  begin: ((state: CamtState) => void) | null;
  /** `text` is trimmed and not empty for a leaf; empty for a group. */
  end: ((state: CamtState, text: string, currency: string | undefined) => void) | null;
}

type End = (state: CamtState, text: string, currency: string | undefined) => void;

/** A text element. */
export function leaf(end: End): CamtNode {
  return { children: null, leaf: true, bit: 1, begin: null, end };
}

/** A text element that may be repeated. */
export function leaves(end: End): CamtNode {
  return { children: null, leaf: true, bit: 0, begin: null, end };
}

/** A group, once in its parent. */
export function group(
  children: Record<string, CamtNode>,
  begin: CamtNode['begin'] = null,
  end: CamtNode['end'] = null,
): CamtNode {
  return { children: numbered(children), leaf: false, bit: 1, begin, end };
}

/** A group that may be repeated. */
export function groups(
  children: Record<string, CamtNode>,
  begin: CamtNode['begin'] = null,
  end: CamtNode['end'] = null,
): CamtNode {
  return { children: numbered(children), leaf: false, bit: 0, begin, end };
}

/** Text in one version, a group in another. */
export function leafOrGroup(children: Record<string, CamtNode>, end: End): CamtNode {
  return { children: numbered(children), leaf: true, bit: 1, begin: null, end };
}

/** One bit for each child that may occur once, so that a repetition is found by one comparison. */
function numbered(children: Record<string, CamtNode>): ReadonlyMap<string, CamtNode> {
  let next = 1;
  const map = new Map<string, CamtNode>();
  for (const [name, child] of Object.entries(children)) {
    if (child.bit === 0) map.set(name, child);
    else {
      map.set(name, { ...child, bit: next });
      next *= 2;
    }
  }
  return map;
}
