const PLAIN = /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u00ff]*$/;
/** Joiners, variation selectors, soft hyphens: invisible by themselves. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const SPACING = /[\s\p{Cc}]+/gu;
const LONE_SURROGATE = /\p{Cs}/gu;
const REPLACEMENT = '\u25a1';

const characters = new Intl.Segmenter('nb', { granularity: 'grapheme' });

/**
 * Text that the typeface can set: composed characters, single spaces, and `□` for each missing character (an emoji of
 * several code points is one), so that a name never breaks a report.
 */
export function printable(text: string, hasGlyph: (codePoint: number) => boolean): string {
  if (PLAIN.test(text) && !text.includes('  ')) return text;
  const spaced = text.normalize('NFC').replace(LONE_SURROGATE, '\ufffd').replace(SPACING, ' ').trim();
  const whole = (part: string) => Array.from(part).every((character) => hasGlyph(character.codePointAt(0)!));
  const visible = spaced.replace(INVISIBLE, '');
  if (whole(visible)) return visible;
  let set = '';
  for (const { segment } of characters.segment(spaced)) {
    const shown = segment.replace(INVISIBLE, '');
    set += shown === '' || whole(shown) ? shown : REPLACEMENT;
  }
  return set;
}
