/** Where Altinn sends a browser after a decision; as the system is registered with, before the query. */
export const RETURN_PATH = '/integrations/altinn/return';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function returnUrl(publicUrl: string, key: string): string {
  return `${publicUrl}${RETURN_PATH}?key=${key}`;
}

/** The key of such an address, as Altinn keeps it with the request; null where it is not one of ours. */
export function returnKeyIn(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  return asReturnKey(new URL(url).searchParams.get('key'));
}

export function asReturnKey(text: unknown): string | null {
  return typeof text === 'string' && UUID.test(text) ? text : null;
}
