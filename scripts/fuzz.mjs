// npm run fuzz [-- --help]
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled } from './ensure-installed.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, '.tmp', 'fuzz');

ensureInstalled();
const { build } = await import('esbuild');
await build({
  absWorkingDir: root,
  entryPoints: { main: 'test/attack/fuzz/main.ts', 'rendering-thread': 'src/rendering-threads/rendering-thread.ts' },
  outdir,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  jsx: 'automatic',
  jsxImportSource: 'hono/jsx',
  sourcemap: 'linked',
  logLevel: 'warning',
});
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(outdir, 'main.mjs')).href);
