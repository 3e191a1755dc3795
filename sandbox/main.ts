import { startAdmin } from './admin.ts';
import { environmentOf } from './environment.ts';
import { startSandbox } from './sandbox.ts';
import { registerSystem, registerVendor } from './vendor.ts';

/** `npm run sandbox`: every stand-in on fixed ports, and the settings that lead a server to them. */
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
console.log(`The stand-ins run. Their control page: ${admin.address}\n`);
for (const { name, address } of sandbox.parties) console.log(`  ${name.padEnd(16)}${address}`);
console.log('\nA server on them is started with SANDBOX=0 and these settings:\n');
for (const [name, value] of Object.entries(environmentOf(sandbox, vendor))) console.log(`export ${name}='${value}'`);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => void Promise.all([admin.stop(), sandbox.stop()]).then(() => process.exit(0)));
