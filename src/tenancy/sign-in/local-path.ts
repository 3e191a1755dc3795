/** Addresses of this site are far shorter. */
const LONGEST = 2_000;
/** Not a real address; only a base to resolve a path against. */
const NOWHERE = 'http://nowhere.invalid';

/**
 * The path (with query) of this site that a request names as the next page, or undefined: users are never redirected
 * elsewhere after signing in. Refuses everything that a browser might read as the beginning of another address: a
 * second slash or backslash, also percent-encoded or behind `.` segments, and characters that browsers drop (WHATWG URL
 * section 4.4).
 */
export function localPath(next: unknown): string | undefined {
  if (typeof next !== 'string' || next.length > LONGEST || !next.startsWith('/')) return undefined;
  // Only visible ASCII without backslash, as in the forms and links of this site.
  if (!/^[!-[\]-~]+$/.test(next)) return undefined;
  const url = URL.canParse(next, NOWHERE) ? new URL(next, NOWHERE) : null;
  if (!url || url.origin !== NOWHERE) return undefined;
  if (url.pathname.includes('//') || /^\/%(?:2f|5c)/i.test(url.pathname)) return undefined;
  return url.pathname + url.search;
}
