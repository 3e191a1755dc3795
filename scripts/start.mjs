import { ensureInstalled } from './ensure-installed.mjs';
import { onSupportedNode } from './node.mjs';

await onSupportedNode();
ensureInstalled();
// In this very process: signals and the exit code need no passing on.
process.setSourceMapsEnabled(true);
process.argv.splice(2, 0, 'serve');
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
await import('../dist/main.js');
