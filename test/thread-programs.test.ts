import { expect, inject, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

/** Every package is loaded into each thread's own heap. The HTTP server alone takes as much as a long report. */
test.each([
  ['rendering-thread', ['hono', 'pg', 'pg-cursor', 'sql-template-tag', 'typebox']],
  ['import-thread', ['aws4fetch', 'pg', 'sql-template-tag', 'typebox', 'yauzl']],
  ['ehf-thread', []],
])('the program %s loads nothing that its work does not use', (program, packages) => {
  const source = readFileSync(join(inject('threadPrograms'), `${program}.js`), 'utf8');
  const imported = [...source.matchAll(/^import (?:.* from )?"([^"]+)";$/gm)].map(([, name]) => name!);
  const names = imported.filter((name) => !isBuiltin(name)).map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)![0]);
  expect([...new Set(names)].sort()).toEqual(packages);
});
