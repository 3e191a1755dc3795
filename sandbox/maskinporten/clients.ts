import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

/** A registered client: its owner, its scopes, and its public keys. */
export interface RegisteredClient {
  clientId: string;
  /** The vendor: `consumer` of its tokens. */
  organizationNumber: string;
  scopes: readonly string[];
  /** By kid. */
  keys: Map<string, { publicKey: KeyObject; expires?: number }>;
  /** Scopes that it has but whose owner has not granted them to its organisation. */
  notGranted: readonly string[];
}

/** Reads a registration. Throws with the missing fields. */
export function readClient(input: Record<string, unknown>): RegisteredClient {
  const { clientId, organizationNumber, scopes, jwks, notGranted = [] } = input;
  if (typeof clientId !== 'string' || clientId === '') throw new Error('clientId: text expected');
  if (typeof organizationNumber !== 'string' || !/^\d{9}$/.test(organizationNumber))
    throw new Error('organizationNumber: nine digits expected');
  const list = (value: unknown, name: string): string[] => {
    if (!Array.isArray(value) || value.some((one) => typeof one !== 'string'))
      throw new Error(`${name}: texts expected`);
    return value as string[];
  };
  const keys: RegisteredClient['keys'] = new Map();
  for (const jwk of (jwks as { keys?: { kid?: unknown; expires?: unknown }[] } | undefined)?.keys ?? []) {
    if (typeof jwk.kid !== 'string') throw new Error('jwks: every key needs a kid');
    const publicKey = createPublicKey({ key: jwk as never, format: 'jwk' });
    keys.set(jwk.kid, { publicKey, ...(typeof jwk.expires === 'number' ? { expires: jwk.expires } : {}) });
  }
  return {
    clientId,
    organizationNumber,
    scopes: list(scopes, 'scopes'),
    keys,
    notGranted: list(notGranted, 'notGranted'),
  };
}

/** The key of an enterprise certificate in an x5c header; null where it is none. */
export function certificateKey(x5c: unknown): KeyObject | null {
  if (!Array.isArray(x5c) || typeof x5c[0] !== 'string') return null;
  try {
    return new X509Certificate(Buffer.from(x5c[0], 'base64')).publicKey;
  } catch {
    return null;
  }
}
