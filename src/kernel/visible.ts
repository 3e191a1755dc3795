/**
 * Controls (C0 but the line end, C1), and what turns or breaks lines: a terminal would obey them. Surrogates without
 * their other half are none of them, but no text either.
 */
// eslint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;

/** Text of somebody else's on its way to a terminal: what a terminal would obey is written out, as `\u001b`. */
export function visible(text: string): string {
  return text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for one cell or fact of a line, which has no line ends either. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n');
}
