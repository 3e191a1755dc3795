import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { type NewExpression, parseSync, Visitor } from 'oxc-parser';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/platform/package-root.ts';

/**
 * Every regular expression of the program must take linear time: most of them see untrusted text. Each is analysed (by
 * automata if possible, otherwise by fuzzing), and a non-linear one fails with its position and an attacking text. An
 * expression that cannot be analysed must be written in another way. A linear result is cached on this machine, as long as
 * neither the expression nor the analysis changes.
 */
/** Fewer rounds than the tool's default: they find each of `QUADRATIC`, and all of it takes a fifth of the time. */
const THOROUGHNESS = {
  maxIteration: 2,
  attackLimit: 1_000_000,
  incubationLimit: 5_000,
  maxAttackStringSize: 10_000,
  maxGeneStringSize: 1_000,
  timeout: 60_000,
} as const;

interface Written {
  pattern: string;
  flags: string;
  places: string[];
}

const { found, built } = readSources(join(packageRoot, 'src'));

test('none is put together while the program runs, where nobody could analyse it', () => {
  expect(built).toEqual([]);
});

const QUADRATIC: [string, string][] = [
  ['[ \\t\\n]+$', ''],
  ['0+$', ''],
  ['^(a+)+$', ''],
  ['[\\w-]{10,}\\.[\\w-]{10,}\\.[\\w-]{10,}', 'g'],
  ['-?\\d[\\d\\s]{0,30}(?:[.,]\\d{1,18})?$', ''],
  ['^:?\\{?1?:?.{0,400}:20:.{0,400}:34F:', 's'],
];

test('each is linear', { timeout: 300_000 }, async () => {
  const analyse = await analyser();
  for (const [pattern, flags] of QUADRATIC) expect(await foundBy(analyse, pattern, flags), pattern).toBe(true);
  expect(found.size).toBeGreaterThan(200);
  const linear = knownLinear();
  const faults: string[] = [];
  for (const [text, { pattern, flags, places }] of found) {
    if (linear.has(text)) continue;
    const fault = await analyse(pattern, flags);
    if (fault) faults.push(`${text} in ${places.join(', ')}: ${fault}`);
    else linear.add(text);
  }
  keepLinear([...found.keys()].filter((text) => linear.has(text)));
  expect(faults).toEqual([]);
});

/** The search is random and also ends by the clock, so a known fault gets several attempts. */
async function foundBy(analyse: Analyse, pattern: string, flags: string): Promise<boolean> {
  for (let randomSeed = 0; randomSeed < 20; randomSeed++)
    if (/polynomial|expon/.test((await analyse(pattern, flags, randomSeed)) ?? '')) return true;
  return false;
}

const cache = join(packageRoot, '.tmp', 'linear-regular-expressions.json');
const analysis = JSON.stringify([createRequire(import.meta.url)('recheck/package.json').version, THOROUGHNESS]);

function knownLinear(): Set<string> {
  try {
    const kept = JSON.parse(readFileSync(cache, 'utf8')) as { analysis: string; linear: string[] };
    return new Set(kept.analysis === analysis ? kept.linear : []);
  } catch {
    return new Set();
  }
}

function keepLinear(linear: readonly string[]): void {
  mkdirSync(join(packageRoot, '.tmp'), { recursive: true });
  writeFileSync(cache, JSON.stringify({ analysis, linear }));
}

function readSources(folder: string) {
  const found = new Map<string, Written>();
  const built: string[] = [];
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file) || /\.test\.tsx?$/.test(file)) continue;
    const path = join(folder, file);
    const source = readFileSync(path, 'utf8');
    const place = (at: number) => `${relative(packageRoot, path)}:${source.slice(0, at).split('\n').length}`;
    const construct = ({ callee, start }: Pick<NewExpression, 'callee' | 'start'>) => {
      if (callee.type === 'Identifier' && callee.name === 'RegExp') built.push(place(start));
    };
    new Visitor({
      NewExpression: construct,
      CallExpression: construct,
      Literal(node) {
        if (!('regex' in node)) return;
        const { pattern, flags } = node.regex;
        const text = `/${pattern}/${flags}`;
        const known = found.get(text);
        if (known) known.places.push(place(node.start));
        else found.set(text, { pattern, flags, places: [place(node.start)] });
      },
    }).visit(parseSync(path, source).program);
  }
  return { found, built };
}

/** The fault of a regular expression; null if there is none. The tool has a binary for some machines only. */
type Analyse = (pattern: string, flags: string, randomSeed?: number) => Promise<string | null>;

async function analyser(): Promise<Analyse> {
  process.env.RECHECK_BACKEND = hasBinary() ? 'native' : 'pure';
  const { check } = await import('recheck');
  return async (pattern, flags, randomSeed = 0) => {
    const result = await check(pattern, flags, { ...THOROUGHNESS, randomSeed });
    if (result.status === 'safe') return null;
    if (result.status === 'unknown') return `not analysed: ${result.error.kind}`;
    return `${result.complexity.summary}, attacked by ${result.attack.pattern}`;
  };
}

function hasBinary(): boolean {
  try {
    createRequire(import.meta.url).resolve(`recheck-${process.platform}-${process.arch}/package.json`);
    return true;
  } catch {
    return false;
  }
}
