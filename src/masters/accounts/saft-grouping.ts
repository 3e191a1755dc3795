import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../platform/package-root.ts';

/**
 * The grouping codes of the tax return's næringsspesifikasjon for 2025 and 2026 and the category of each (SAF-T 1.30,
 * 1.40). Each code belongs to exactly one category. Facts of Skatteetaten's published lists.
 */
const file = 'db/data/saft-grouping.csv';

let categories: ReadonlyMap<string, string> | undefined;

/** The category of a grouping code; undefined for an unknown code. `NA`: cannot be mapped. */
export function groupingCategoryOf(code: string): string | undefined {
  categories ??= readGrouping(readFileSync(join(packageRoot, file), 'utf8'));
  return categories.get(code);
}

function readGrouping(text: string): ReadonlyMap<string, string> {
  const [, ...lines] = text.trimEnd().split('\n');
  const pairs = lines.map((line): [string, string] => {
    const [code = '', category = ''] = line.split(';');
    return [code, category];
  });
  return new Map([...pairs, ['NA', 'NA']]);
}
