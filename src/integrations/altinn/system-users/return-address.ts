/** Where Altinn sends a browser after a decision; the path in the registered system, before the query. */
export const RETURN_PATH = '/integrations/altinn/return';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function returnUrl(publicUrl: string, key: string): string {
  return `${publicUrl}${RETURN_PATH}?key=${key}`;
}

/** The key in such an address, as Altinn stores it with the request; null if it is not one of ours. */
export function returnKeyIn(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  return asReturnKey(new URL(url).searchParams.get('key'));
}

export function asReturnKey(text: unknown): string | null {
  return typeof text === 'string' && UUID.test(text) ? text : null;
}
