import { requestErrors } from '../platform/errors.ts';

/** The id in a page's address; anything but an id is a page that does not exist. */
export function idOf(text: string): number {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0;
  if (!Number.isSafeInteger(id) || id === 0) throw requestErrors.not_found({ what: 'Record', id: text });
  return id;
}
