import type { JWK } from 'jose';
import type { Sandbox } from './sandbox.ts';
import { SYSTEM_ID } from './vendor.ts';

/** The settings that lead our clients to the stand-ins. */
export function environmentOf(sandbox: Sandbox, vendor: { clientId: string; key: JWK }): Record<string, string> {
  return {
    MASKINPORTEN_ISSUER: sandbox.addressOf('maskinporten'),
    MASKINPORTEN_CLIENT_ID: vendor.clientId,
    MASKINPORTEN_KEY: JSON.stringify(vendor.key),
    SKATTEETATEN_URL: sandbox.addressOf('skatteetaten'),
    ALTINN_URL: sandbox.addressOf('altinn'),
    ALTINN_SYSTEM_ID: SYSTEM_ID,
    ENHETSREGISTERET_URL: `${sandbox.addressOf('enhetsregisteret')}/enhetsregisteret/api`,
    DIALOGPORTEN_URL: `${sandbox.addressOf('dialogporten')}/dialogporten`,
  };
}
