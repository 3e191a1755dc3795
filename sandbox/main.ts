import { startAdmin } from './admin.ts';
import { environmentOf } from './environment.ts';
import { startSandbox } from './sandbox.ts';
import { registerAtIdPorten, registerSystem, registerVendor } from './vendor.ts';

/** `npm run sandbox`: every stand-in on fixed ports, and the settings that connect a server to them. */
const FIRST_PORT = 8700;

const port = Number(process.env.SANDBOX_PORT || FIRST_PORT);
if (!Number.isInteger(port) || port < 1 || port > 65_000) {
  console.error(`SANDBOX_PORT=${process.env.SANDBOX_PORT}: expected a port from 1 to 65000`);
  process.exit(1);
}
const sandbox = await startSandbox({ firstPort: port + 1 });
const admin = await startAdmin(sandbox, port);
const vendor = await registerVendor(sandbox);
await registerSystem(sandbox, vendor.clientId);
// The return address of logins: the server that uses them.
const publicUrl = process.env.PUBLIC_URL || 'http://127.0.0.1:8080';
const idPorten = await registerAtIdPorten(sandbox, publicUrl);
console.log(`The stand-ins run. Their control page: ${admin.address}\n`);
for (const { name, address } of sandbox.parties) console.log(`  ${name.padEnd(16)}${address}`);
console.log(`\nA server on them, at ${publicUrl} (PUBLIC_URL), is started with these settings:\n`);
console.log('export SANDBOX=0');
for (const [name, value] of Object.entries(await environmentOf(sandbox, vendor, idPorten)))
  console.log(`export ${name}='${value}'`);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => void Promise.all([admin.stop(), sandbox.stop()]).then(() => process.exit(0)));
