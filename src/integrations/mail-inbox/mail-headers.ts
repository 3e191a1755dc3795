/** No mail program writes more parameters than this. */
const MOST_PARAMETERS = 50;

/**
 * The value of a header in lower case, and its parameters (RFC 2045 5.1): those in pieces are joined, those with a character
 * set are decoded (RFC 2231).
 */
export function parametersOf(header: string): [string, ReadonlyMap<string, string>] {
  const end = header.indexOf(';');
  const value = (end === -1 ? header : header.slice(0, end)).trim().toLowerCase();
  const pieces = new Map<string, { text: string; isEncoded: boolean }[]>();
  const found = header
    .slice(value === '' && end === -1 ? 0 : end === -1 ? header.length : end)
    .matchAll(/;\s*([^\s=;"]+)=(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g);
  let count = 0;
  for (const [, key = '', quoted, plain = ''] of found) {
    if (++count > MOST_PARAMETERS) break;
    const [name = '', ...marks] = key.toLowerCase().split('*');
    const text = quoted === undefined ? plain.trim() : quoted.replace(/\\(.)/g, '$1');
    pieces.set(name, [...(pieces.get(name) ?? []), { text, isEncoded: marks.length > 0 && marks.at(-1) === '' }]);
  }
  return [value, new Map([...pieces].map(([name, all]) => [name, joined(all)]))];
}

function joined(pieces: { text: string; isEncoded: boolean }[]): string {
  const [first] = pieces as [{ text: string; isEncoded: boolean }];
  if (!first.isEncoded) return pieces.map(({ text }) => text).join('');
  const [charset = '', , ...rest] = first.text.split("'");
  const text = [rest.join("'"), ...pieces.slice(1).map((piece) => piece.text)].join('');
  const bytes = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return inCharset(Buffer.from(bytes, 'latin1'), charset);
}

/** Text with encoded words (RFC 2047), which many programs write in file names. */
export function decodedWords(text: string): string {
  return text
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(/=\?([^?\s]+)\?([BbQq])\?([^?\s]*)\?=/g, (_, charset: string, kind: string, content: string) => {
      if (/b/i.test(kind)) return inCharset(Buffer.from(content, 'base64'), charset);
      const bytes = content
        .replaceAll('_', ' ')
        .replace(/=([0-9A-Fa-f]{2})/g, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      return inCharset(Buffer.from(bytes, 'latin1'), charset);
    });
}

/** An unknown character set is read as Latin-1: an odd name is better than none. */
function inCharset(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset.split('*')[0]).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
