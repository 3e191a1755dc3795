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

/** Scopes of a user's connection to Altinn, in addition to the login. */
export const USER_SCOPES = [
  'altinn:reportees',
  'altinn:accessmanagement/authorizedparties',
  'altinn:instances.read',
  'altinn:instances.write',
  'skatteetaten:mvameldingvalidering',
  'skatteetaten:mvameldinginnsending',
];

export interface IdPortenVendor {
  clientId: string;
  key: JWK;
}

/**
 * Registers a client of ID-porten for a server at `publicUrl`, with a key generated for this run. Returns its private
 * JWK.
 */
export async function registerAtIdPorten(
  sandbox: Sandbox,
  publicUrl: string,
  more: object = {},
): Promise<IdPortenVendor> {
  const { clientId, key, jwks } = await makeClient();
  const pages = `${publicUrl}/integrations/id-porten`;
  await sandbox.act('idporten', 'register', {
    clientId,
    organizationNumber: VENDOR,
    scopes: ['openid', 'profile', ...USER_SCOPES],
    redirectUris: [`${pages}/callback`],
    postLogoutRedirectUris: [`${pages}/logged-out`],
    frontchannelLogoutUri: `${pages}/front-channel-logout`,
    jwks,
    ...more,
  });
  return { clientId, key };
}

async function makeClient(): Promise<{ clientId: string; key: JWK; jwks: { keys: JWK[] } }> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = randomUUID();
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] };
  return { clientId: randomUUID(), key: { ...(await exportJWK(privateKey)), kid, alg: 'RS256' }, jwks };
}

/** Registers a client with a key generated for this run: no key is ever shipped. Returns its private JWK. */
export async function registerVendor(sandbox: Sandbox, more: object = {}): Promise<{ clientId: string; key: JWK }> {
  const { clientId, key, jwks } = await makeClient();
  await sandbox.act('maskinporten', 'register', {
    clientId,
    organizationNumber: VENDOR,
    scopes: SCOPES,
    jwks,
    ...more,
  });
  return { clientId, key };
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
