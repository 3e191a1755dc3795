const LONGEST = 1_000;
const paths: string[] = [];

/** `lines[7]`: where a line stands, for its faults. Every line is given it and few need it, so the first ones are kept. */
export function linePath(index: number): string {
  return index < LONGEST ? (paths[index] ??= `lines[${index}]`) : `lines[${index}]`;
}
