/** From and to, counted from 1, both inclusive. */
export interface KidPosition {
  from: number;
  to: number;
}

export const KID_LENGTHS = { least: 4, most: 25 } as const;

/** Digits only, as the protocol writes numbers; null unless it is from 4 to 25. */
export function readKidLength(text: string | null): number | null {
  if (text === null || !/^\d{1,2}$/.test(text)) return null;
  const length = Number(text);
  return length >= KID_LENGTHS.least && length <= KID_LENGTHS.most ? length : null;
}

/** `1-6`, before the check digit, which is the last. Null if malformed or out of range. */
export function readKidPosition(text: string | null, kidLength: number): KidPosition | null {
  const found = /^(\d{1,2})-(\d{1,2})$/.exec(text ?? '');
  if (!found) return null;
  const [from, to] = [Number(found[1]), Number(found[2])];
  return from >= 1 && from <= to && to <= kidLength - 1 ? { from, to } : null;
}

export function overlap(a: KidPosition, b: KidPosition): boolean {
  return a.from <= b.to && b.from <= a.to;
}

export function positionText({ from, to }: KidPosition): string {
  return `${from}-${to}`;
}
