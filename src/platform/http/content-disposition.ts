/**
 * `Content-Disposition` of RFC 6266 with a safe name that cannot break out of the header or a folder: plain ASCII in
 * `filename`, the real name in `filename*` (RFC 8187).
 */
export function contentDisposition(kind: 'attachment' | 'inline', fileName: string): string {
  const name = safeFileName(fileName);
  const plain = name
    .replaceAll('æ', 'ae')
    .replaceAll('Æ', 'AE')
    .replaceAll('ø', 'o')
    .replaceAll('Ø', 'O')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** The last part of a path, without control and direction signs, at most 150 characters, its extension kept. */
export function safeFileName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const clean = withoutEdges(last.normalize('NFC').replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}<>:"|?*]/gu, ''));
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(clean)?.[0] ?? '';
  // Cut between whole characters: half a surrogate pair is invalid text.
  const stem = Array.from(clean.slice(0, clean.length - extension.length)).slice(0, 150 - extension.length);
  return stem.join('') + extension || 'fil';
}

/**
 * Without spaces and dots at both ends: a loop from both ends, because a regular expression would retry at each
 * position.
 */
function withoutEdges(name: string): string {
  let [from, to] = [0, name.length];
  while (from < to && /[\s.]/.test(name[from]!)) from++;
  while (to > from && /[\s.]/.test(name[to - 1]!)) to--;
  return name.slice(from, to);
}
