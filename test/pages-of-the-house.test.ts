import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/platform/package-root.ts';

const LEFT_OUT = new Set(['.git', '.tmp', 'coverage', 'dist', 'generated', 'node_modules']);
const files = filesBelow('');
const ends = files.map((file) => `/${file}`);
const pages = files.filter((file) => file.endsWith('.md') && !file.startsWith('test/')).toSorted();

/** Names of files in backquotes on a page: `src/app.ts`, `entry-post.ts`, `tax/*.ts`. */
const NAMED = /`([\w.*/-]+\.(?:tsx?|mjs|cjs|sql|csv|md|json))`/g;
const LINK = /\]\(([^)#:]+)(?:#[^)]*)?\)/g;
/** Files of a reader's machine, of other programs, or of an archive. */
const NOT_OURS =
  /^\/|NNNN|^(?:DATA_DIR\/serving\.json|api\.d\.ts|manifest\.json|backup\.json|openapi\.json|books\.json|package(?:-lock)?\.json)$/;

function filesBelow(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (LEFT_OUT.has(entry.name) || path === 'data') return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function isThere(path: string): boolean {
  if (!path.includes('*')) return ends.some((end) => end.endsWith(`/${path}`));
  const parts = path.split('*').map((part) => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
  const pattern = new RegExp(`/${parts.join('[^/]*')}$`);
  return ends.some((end) => pattern.test(end));
}

describe('what a page names is there', () => {
  test.each(pages)('%s', (page) => {
    const text = readFileSync(join(packageRoot, page), 'utf8');
    const named = [...text.matchAll(NAMED)].map(([, path]) => path!).filter((path) => !NOT_OURS.test(path));
    expect(named.filter((path) => !isThere(path.replace(/^(?:\.{1,2}\/)+/, '')))).toEqual([]);
    const links = [...text.matchAll(LINK)].map(([, path]) => path!.trim());
    expect(links.filter((link) => !existsSync(join(packageRoot, dirname(page), link)))).toEqual([]);
  });
});
