/**
 * Controls (C0 except the line feed, C1), and characters that reverse or break lines: a terminal would execute them.
 * Also unpaired surrogates, which are not valid text.
 */
// eslint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;

/** Untrusted text for a terminal: control characters are escaped, as `\u001b`. */
export function visible(text: string): string {
  return text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for one cell or field of a line, without line feeds. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n');
}
