import type { JWK } from 'jose';
import { EFAKTURA_TOKEN } from './efaktura/efaktura.ts';
import { APP_ID } from './mva/app.ts';
import { PEPPOL_TOKEN } from './peppol/access-point.ts';
import { ACCESS_POINT } from './peppol/identifiers.ts';
import type { Sandbox } from './sandbox.ts';
import { API_KEY } from './altinn2/altinn2.ts';
import { type IdPortenVendor, SYSTEM_ID, USER_SCOPES } from './vendor.ts';

/** The settings that lead our clients to the stand-ins. */
export async function environmentOf(
  sandbox: Sandbox,
  vendor: { clientId: string; key: JWK },
  idPorten: IdPortenVendor,
): Promise<Record<string, string>> {
  const mailboxes = (await sandbox.act('bank', 'describe')) as Record<string, string>;
  const peppol = (await sandbox.act('peppol_smp', 'describe')) as { dns: string; zone: string; issuer: string };
  const mail = (await sandbox.act('mail', 'describe')) as { imap: string; address: string };
  return {
    IN_TRAY_URL: mail.imap,
    IN_TRAY_ADDRESS: mail.address,
    ID_PORTEN_ISSUER: sandbox.addressOf('idporten'),
    ID_PORTEN_CLIENT_ID: idPorten.clientId,
    ID_PORTEN_KEY: JSON.stringify(idPorten.key),
    ALTINN_SCOPES: USER_SCOPES.join(' '),
    ALTINN2_URL: sandbox.addressOf('altinn2'),
    ALTINN2_API_KEY: API_KEY,
    EFAKTURA_URL: sandbox.addressOf('efaktura'),
    EFAKTURA_TOKEN,
    AVTALEGIRO_SENDER: '00010200',
    MASKINPORTEN_ISSUER: sandbox.addressOf('maskinporten'),
    MASKINPORTEN_CLIENT_ID: vendor.clientId,
    MASKINPORTEN_KEY: JSON.stringify(vendor.key),
    SKATTEETATEN_URL: sandbox.addressOf('skatteetaten'),
    TIETOEVRY_SFTP_URL: mailboxes['sftp']!,
    TIETOEVRY_SFTP_HOST_KEY: mailboxes['hostKey']!,
    TIETOEVRY_SFTP_KEY: mailboxes['key']!,
    ZDATA_MAILBOX_URL: mailboxes['url']!,
    ZDATA_MAILBOX_CLIENT_ID: mailboxes['clientId']!,
    ZDATA_MAILBOX_CLIENT_SECRET: mailboxes['clientSecret']!,
    PEPPOL_ACCESS_POINT_URL: sandbox.addressOf('peppol_access_point'),
    PEPPOL_ACCESS_POINT_TOKEN: PEPPOL_TOKEN,
    PEPPOL_ACCESS_POINT_ID: ACCESS_POINT,
    PEPPOL_DNS_SERVER: peppol.dns,
    PEPPOL_ZONE: peppol.zone,
    PEPPOL_SMP_CERTIFICATES: peppol.issuer,
    ALTINN_URL: sandbox.addressOf('altinn'),
    ALTINN_SYSTEM_ID: SYSTEM_ID,
    MVA_VALIDATION_URL: sandbox.addressOf('mva_validation'),
    MVA_APP_URL: `${sandbox.addressOf('mva_app')}/${APP_ID}`,
    ENHETSREGISTERET_URL: `${sandbox.addressOf('enhetsregisteret')}/enhetsregisteret/api`,
    DIALOGPORTEN_URL: `${sandbox.addressOf('dialogporten')}/dialogporten`,
  };
}
