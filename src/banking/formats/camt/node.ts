import type { CamtState } from './state.ts';

/**
 * An element that means something to us, below the one it stands in. What no node tells of is skipped: the versions of
 * the message add elements, and banks add their own.
 */
export interface CamtNode {
  children: ReadonlyMap<string, CamtNode> | null;
  /** Carries text. A node can have both: entry status is text in version 02 and an element in later ones. */
  leaf: boolean;
  /** Set for what may stand only once in its parent. */
  bit: number;
  begin: ((state: CamtState) => void) | null;
  /** `text` is trimmed and not empty for a leaf; empty for a group. */
  end: ((state: CamtState, text: string, currency: string | undefined) => void) | null;
}

type End = (state: CamtState, text: string, currency: string | undefined) => void;

/** A text. */
export function leaf(end: End): CamtNode {
  return { children: null, leaf: true, bit: 1, begin: null, end };
}

/** A text that can stand several times. */
export function leaves(end: End): CamtNode {
  return { children: null, leaf: true, bit: 0, begin: null, end };
}

/** A frame around others, once in its parent. */
export function group(
  children: Record<string, CamtNode>,
  begin: CamtNode['begin'] = null,
  end: CamtNode['end'] = null,
): CamtNode {
  return { children: numbered(children), leaf: false, bit: 1, begin, end };
}

/** A frame that can stand several times. */
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

/** A bit for each child that may stand once, so that a repetition costs one comparison to see. */
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
