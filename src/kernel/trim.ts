/**
 * `text` without those of `characters` that it ends with. In one pass: a regular expression that says the same (`/0+$/`)
 * is tried anew from each of them where something else follows, so a long run of them takes the square of its length.
 */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** A decimal without zeros behind the last figure of its fraction: `25.0000` → `25`, `11.1100` → `11.11`, `100` as it is. */
export function trimZeros(decimal: string): string {
  return decimal.includes('.') ? trimEndOf(trimEndOf(decimal, '0'), '.') : decimal;
}
