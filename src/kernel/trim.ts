/**
 * `text` without trailing `characters`. In one pass: an equivalent regular expression (`/0+$/`) retries at each of them
 * if something else follows, which is quadratic for a long run.
 */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** A decimal without trailing zeros in its fraction: `25.0000` → `25`, `11.1100` → `11.11`, `100` unchanged. */
export function trimZeros(decimal: string): string {
  return decimal.includes('.') ? trimEndOf(trimEndOf(decimal, '0'), '.') : decimal;
}
