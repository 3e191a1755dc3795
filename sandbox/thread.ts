import { parentPort } from 'node:worker_threads';
import { startAdmin } from './admin.ts';
import { startSandbox } from './sandbox.ts';
import { registerVendor } from './vendor.ts';

// The server's thread: starts every stand-in and says which settings lead to them.
const sandbox = await startSandbox();
const admin = await startAdmin(sandbox);
const { clientId, key } = await registerVendor(sandbox);
const mailboxes = (await sandbox.act('bank', 'describe')) as Record<string, string>;
const environment = {
  MASKINPORTEN_ISSUER: sandbox.addressOf('maskinporten'),
  MASKINPORTEN_CLIENT_ID: clientId,
  MASKINPORTEN_KEY: JSON.stringify(key),
  SKATTEETATEN_URL: sandbox.addressOf('skatteetaten'),
  TIETOEVRY_SFTP_URL: mailboxes['sftp']!,
  TIETOEVRY_SFTP_HOST_KEY: mailboxes['hostKey']!,
  TIETOEVRY_SFTP_KEY: mailboxes['key']!,
  ZDATA_MAILBOX_URL: mailboxes['url']!,
  ZDATA_MAILBOX_CLIENT_ID: mailboxes['clientId']!,
  ZDATA_MAILBOX_CLIENT_SECRET: mailboxes['clientSecret']!,
};
parentPort?.postMessage({ admin: admin.address, environment }, []);
