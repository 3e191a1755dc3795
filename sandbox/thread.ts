import { parentPort, workerData } from 'node:worker_threads';
import { startAdmin } from './admin.ts';
import { environmentOf } from './environment.ts';
import { startSandbox } from './sandbox.ts';
import { registerAtIdPorten, registerSystem, registerVendor } from './vendor.ts';

// The server's thread: starts every stand-in and reports the settings that connect to them.
const { port, publicUrl } = workerData as { port: number; publicUrl: string };
const sandbox = await startSandbox(port === 0 ? {} : { firstPort: port + 1 });
const admin = await startAdmin(sandbox, port);
const vendor = await registerVendor(sandbox);
await registerSystem(sandbox, vendor.clientId);
const idPorten = await registerAtIdPorten(sandbox, publicUrl);
parentPort?.postMessage({ admin: admin.address, environment: await environmentOf(sandbox, vendor, idPorten) }, []);
