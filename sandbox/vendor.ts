import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Sandbox } from './sandbox.ts';

/** The synthetic organisation that the system belongs to. */
const VENDOR = '313367002';
const SCOPES = [
  'skatteetaten:formueinntekt/skattemelding',
  'skatteetaten:formueinntekt/skattemelding/eiendom',
  'altinn:authentication/systemregister.write',
  'altinn:authentication/systemuser.request.read',
  'altinn:authentication/systemuser.request.write',
  'digdir:dialogporten',
];
/** The system that the vendor's first client acts for. */
export const SYSTEM_ID = `${VENDOR}_hovedbok`;

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

/** Registers the vendor's system at Altinn, as `hovedbok altinn register-system` does. */
export async function registerSystem(sandbox: Sandbox, clientId: string, more: object = {}): Promise<void> {
  const name = { nb: 'Hovedbok', nn: 'Hovedbok', en: 'Hovedbok' };
  await sandbox.act('altinn', 'register', {
    id: SYSTEM_ID,
    vendor: { ID: `0192:${VENDOR}` },
    name,
    description: name,
    rights: [{ resource: [{ id: 'urn:altinn:resource', value: 'app_skd_formueinntekt-skattemelding-v2' }] }],
    accessPackages: [],
    clientId: [clientId],
    isVisible: false,
    allowedRedirectUrls: ['http://127.0.0.1/integrations/altinn/return'],
    ...more,
  });
}
