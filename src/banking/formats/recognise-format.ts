/** How a file is read, or why not: `hint` names its probable type. */
export type RecognisedFormat = { reader: 'xml' | 'ocr' | 'mt940' | 'csv' } | { reader: null; hint: string | null };

/** Number of bytes that decide the format. */
export const BEGINNING_LENGTH = 2048;

const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^%PDF-/, 'PDF'],
  [/^PK/, 'ZIP or Excel'],
  [/^\u00d0\u00cf/, 'Excel 97'],
  [/^(?:UNA.{6}\s*)?UNB\+/, 'EDIFACT (CREMUL, DEBMUL, FINSTA)'],
  [/^AH\d{3}TBI/, 'Telepay'],
  [/^AH/, 'Telepay or direct remittance'],
  [/^OFXHEADER|^<\?OFX/i, 'OFX'],
  [/^!Type:/i, 'QIF'],
];

/** Recognises a format by its first bytes, never by its name. */
export function recogniseFormat(head: Uint8Array): RecognisedFormat {
  const raw = Buffer.from(head.subarray(0, BEGINNING_LENGTH)).toString('latin1');
  const text = raw
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '')
    .trimStart();
  for (const [form, hint] of REFUSED) if (form.test(text)) return { reader: null, hint };
  if (isIntraday(text)) return { reader: null, hint: 'MT942, an intraday report' };
  if (text.startsWith('<')) return { reader: 'xml' };
  if (/^NY\d{6}/.test(text)) return { reader: 'ocr' };
  if (/^(?:\{1:|:20:|-?\s*:20:)/.test(text)) return { reader: 'mt940' };
  // The CSV reader checks for the header of a bank.
  if (/[;,\t]/.test(text) && !/\p{Cc}/u.test(text.replace(/[\t\r\n\u0080-\u009f]/g, ''))) return { reader: 'csv' };
  return { reader: null, hint: null };
}

/** The floor limit (34F) follows soon after the first reference (20); a statement has none. */
function isIntraday(text: string): boolean {
  const reference = text.slice(0, 400).indexOf(':20:');
  return reference >= 0 && text.slice(reference, reference + 400).includes(':34F:');
}
