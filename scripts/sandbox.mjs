import { ensureInstalled } from './ensure-installed.mjs';
import { onSupportedNode } from './node.mjs';

await onSupportedNode();
ensureInstalled();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
await import('../dist/sandbox.js');
