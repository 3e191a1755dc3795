/** Addresses of this site are far shorter. */
const LONGEST = 2_000;
/** No address; only what a path is resolved against. */
const NOWHERE = 'http://nowhere.invalid';

/**
 * The path (with query) of this site that a request names as the place to go to next, or undefined: nobody is sent
 * elsewhere after signing in. Everything that a browser might read as the beginning of another address is refused: a
 * second slash or backslash, also written in percent or behind `.` segments, and characters that browsers drop (WHATWG
 * URL section 4.4).
 */
export function localPath(next: unknown): string | undefined {
  if (typeof next !== 'string' || next.length > LONGEST || !next.startsWith('/')) return undefined;
  // Nothing but visible ASCII, and no backslash: what a form or a link of this site holds.
  if (!/^[!-[\]-~]+$/.test(next)) return undefined;
  const url = URL.canParse(next, NOWHERE) ? new URL(next, NOWHERE) : null;
  if (!url || url.origin !== NOWHERE) return undefined;
  if (url.pathname.includes('//') || /^\/%(?:2f|5c)/i.test(url.pathname)) return undefined;
  return url.pathname + url.search;
}
