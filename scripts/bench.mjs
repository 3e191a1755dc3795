// npm run bench [-- --help]
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled } from './ensure-installed.mjs';
import { onSupportedNode } from './node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, '.tmp', 'bench');

await onSupportedNode();
ensureInstalled();
const { build } = await import('esbuild');
// Exports are measured on a server as it is run.
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
await build({
  absWorkingDir: root,
  // The load over HTTP and the import are processes of their own.
  entryPoints: [
    'bench/main.ts',
    'bench/ledger/http-load.ts',
    'bench/saf-t/saf-t-import.ts',
    'bench/saf-t/saf-t-export.ts',
  ],
  outdir,
  entryNames: '[name]',
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node22.13',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  jsx: 'automatic',
  jsxImportSource: 'hono/jsx',
  sourcemap: 'linked',
  logLevel: 'warning',
});
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(outdir, 'main.mjs')).href);
