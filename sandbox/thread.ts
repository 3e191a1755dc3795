import { parentPort } from 'node:worker_threads';
import { startAdmin } from './admin.ts';
import { startSandbox } from './sandbox.ts';
import { registerVendor } from './vendor.ts';

// The server's thread: starts every stand-in and says which settings lead to them.
const sandbox = await startSandbox();
const admin = await startAdmin(sandbox);
const { clientId, key } = await registerVendor(sandbox);
const environment = {
  MASKINPORTEN_ISSUER: sandbox.addressOf('maskinporten'),
  MASKINPORTEN_CLIENT_ID: clientId,
  MASKINPORTEN_KEY: JSON.stringify(key),
  SKATTEETATEN_URL: sandbox.addressOf('skatteetaten'),
  ENHETSREGISTERET_URL: `${sandbox.addressOf('enhetsregisteret')}/enhetsregisteret/api`,
};
parentPort?.postMessage({ admin: admin.address, environment }, []);
