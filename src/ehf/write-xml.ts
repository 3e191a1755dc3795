/** Characters that XML 1.0 does not allow. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const PLAIN = /^[\u0020-\u0025\u0027-\u003b=\u003f-\ud7ff]*$/;
const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  if (PLAIN.test(text) && !text.includes('"')) return text;
  return text.replace(FORBIDDEN, '').replace(/[&<>"]/g, (sign) => SIGNS[sign]!);
}

/** An element with a text, or nothing for an empty text: empty elements are never written (PEPPOL-EN16931-R008). */
export function text(name: string, content: string | null, attributes = ''): string {
  if (content === null) return '';
  const written = escaped(content);
  return written.trim() === '' ? '' : `<${name}${attributes}>${written}</${name}>`;
}

/** An element around others, or nothing if there are none. */
export function group(name: string, content: string): string {
  return content === '' ? '' : `<${name}>${content}</${name}>`;
}

/** ` name="value"`, or nothing. */
export function attribute(name: string, value: string | null): string {
  return value === null ? '' : ` ${name}="${escaped(value)}"`;
}
