import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Sandbox } from './sandbox.ts';

/** The synthetic organisation that the system belongs to. */
const VENDOR = '313367002';
const SCOPES = ['skatteetaten:formueinntekt/skattemelding', 'skatteetaten:formueinntekt/skattemelding/eiendom'];

/** Registers a client with a key made for this run: no key is ever shipped. Gives its private JWK. */
export async function registerVendor(sandbox: Sandbox, more: object = {}): Promise<{ clientId: string; key: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = randomUUID();
  const clientId = randomUUID();
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] };
  await sandbox.act('maskinporten', 'register', {
    clientId,
    organizationNumber: VENDOR,
    scopes: SCOPES,
    jwks,
    ...more,
  });
  return { clientId, key: { ...(await exportJWK(privateKey)), kid, alg: 'RS256' } };
}
