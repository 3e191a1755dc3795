/**
 * Array literals for bulk statements, written directly: the driver's own conversion of arrays costs several times as
 * much, and a posting is mostly arrays.
 */
export function numberArray(values: readonly (number | bigint | null)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    text += values[i] ?? 'null';
  }
  return text + '}';
}

/** For text that may hold anything; also dates, timestamps and decimals as text. */
export function textArray(values: readonly (string | null)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    const value = values[i];
    text += value == null ? 'null' : quoted(value);
  }
  return text + '}';
}

function quoted(value: string): string {
  return /["\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
}
