import { requestErrors } from '../platform/errors.ts';

/** The id in a page's address; what is none is a page that is not there. */
export function idOf(text: string): number {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0;
  if (!Number.isSafeInteger(id) || id === 0) throw requestErrors.not_found({ what: text });
  return id;
}
