import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onlyWhatIsUsed, threadPrograms } from './thread-programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stamp = join(dist, 'sources.sha256');

/** Builds when a source file changed since the last build. */
export async function ensureBuilt() {
  // An installation without sources (a container image) brings its build.
  if (!existsSync(join(root, 'src', 'main.ts'))) return;
  const sources = hashSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  await build(sources);
}

/**
 * Bundles the server into dist/main.js, with the programs of its threads beside it: rendering, imports, large invoices, and the stand-ins of the
 * demo, which also run alone. Packages stay outside. Each file appears whole, also under a running server.
 */
async function build(sources = hashSources()) {
  const esbuild = await import('esbuild');
  const options = {
    absWorkingDir: root,
    outdir: 'dist',
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node22.13',
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    sourcemap: 'linked',
    // The engine keeps the source of what it runs, and twice as wide once a comment has a character beyond Latin-1.
    minifyWhitespace: true,
    lineLimit: 200,
    write: false,
    logLevel: 'warning',
  };
  const programs = { main: 'src/main.ts', 'sandbox-thread': 'sandbox/thread.ts', sandbox: 'sandbox/main.ts' };
  const built = await Promise.all([
    esbuild.build({ ...options, entryPoints: programs }),
    esbuild.build({ ...options, entryPoints: threadPrograms, plugins: [onlyWhatIsUsed] }),
  ]);
  for (const { path, contents } of built.flatMap(({ outputFiles }) => outputFiles)) writeWhole(path, contents);
  writeWhole(stamp, sources);
}

function writeWhole(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const writing = join(dirname(path), `.${basename(path)}.${process.pid}`);
  writeFileSync(writing, contents);
  renameSync(writing, path);
}

function hashSources() {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'tsconfig.json', 'scripts/build.mjs', 'scripts/thread-programs.mjs'])
    hashFile(hash, join(root, file));
  hashFolder(hash, join(root, 'src'));
  hashFolder(hash, join(root, 'sandbox'));
  return hash.digest('hex');
}

function hashFolder(hash, folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) hashFolder(hash, path);
    else if (!/\.test\.tsx?$/.test(entry.name)) hashFile(hash, path);
  }
}

function hashFile(hash, path) {
  const { size, mtimeMs } = statSync(path);
  hash.update(`${path}\0${size}\0${mtimeMs}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await build();
