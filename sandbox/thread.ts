import { parentPort, workerData } from 'node:worker_threads';
import { startAdmin } from './admin.ts';
import { environmentOf } from './environment.ts';
import { startSandbox } from './sandbox.ts';
import { registerAtIdPorten, registerSystem, registerVendor } from './vendor.ts';

// The server's thread: starts every stand-in and says which settings lead to them.
const sandbox = await startSandbox();
const admin = await startAdmin(sandbox);
const vendor = await registerVendor(sandbox);
await registerSystem(sandbox, vendor.clientId);
const { publicUrl } = workerData as { publicUrl: string };
const idPorten = await registerAtIdPorten(sandbox, publicUrl);
parentPort?.postMessage({ admin: admin.address, environment: environmentOf(sandbox, vendor, idPorten) }, []);
