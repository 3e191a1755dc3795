import { randomSecret } from '../../tenancy/index.ts';

/** The secret of an acceptance link. It begins with its client account, because it is looked up under row level security. */
export function issuerLinkToken(clientAccountId: number): string {
  return `${clientAccountId.toString(36)}.${randomSecret()}`;
}

/** Null if the text does not have the form of a link's secret. */
export function clientAccountOfLink(token: string): number | null {
  const found = /^([0-9a-z]{1,5})\.[\w-]{43}$/.exec(token);
  const id = found ? Number.parseInt(found[1]!, 36) : 0;
  return id >= 1 && id < 2 ** 22 ? id : null;
}
