import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Entry points of the programs that threads run. */
export const threadPrograms = {
  'rendering-thread': 'src/rendering-threads/rendering-thread.ts',
  'import-thread': 'src/import-threads/import-thread.ts',
  'ehf-thread': 'src/ehf-threads/ehf-thread.ts',
};

const ROUTES = /^export const \w+: Route\[\] = [^;]+;$/gm;

/**
 * Leaves out of a thread's program what its work does not use: each thread has a heap of its own, and the HTTP server with
 * sign-in, mail and the parties outside would take more of it than the work. A domain is reached through its index.ts,
 * where its routes stand; threads serve none.
 *
 * @type {import('esbuild').Plugin}
 */
export const onlyWhatIsUsed = {
  name: 'only-what-is-used',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path),
      sideEffects: false,
    }));
    onLoad({ filter: /[/\\]index\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(ROUTES, ''),
      loader: 'ts',
    }));
  },
};
