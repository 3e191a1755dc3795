import type { JWK } from 'jose';
import type { Sandbox } from './sandbox.ts';
import { API_KEY } from './altinn2/altinn2.ts';
import { type IdPortenVendor, SYSTEM_ID, USER_SCOPES } from './vendor.ts';

/** The settings that lead our clients to the stand-ins. */
export function environmentOf(
  sandbox: Sandbox,
  vendor: { clientId: string; key: JWK },
  idPorten: IdPortenVendor,
): Record<string, string> {
  return {
    ID_PORTEN_ISSUER: sandbox.addressOf('idporten'),
    ID_PORTEN_CLIENT_ID: idPorten.clientId,
    ID_PORTEN_KEY: JSON.stringify(idPorten.key),
    ALTINN_SCOPES: USER_SCOPES.join(' '),
    ALTINN2_URL: sandbox.addressOf('altinn2'),
    ALTINN2_API_KEY: API_KEY,
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
