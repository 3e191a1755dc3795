import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Result, whole } from '../setup/result.ts';

interface Imported {
  lines: number;
  lines_per_second: number;
  peak_rss_mb: number;
}

const LINES_PER_SECOND = 40_000;
/** What counts as flat: the collector of a larger run is called later, not more often. */
const FLAT = 1.25;

/** Runs the import's own benchmark in a separate process, so that its memory is measured alone. */
export async function measureImport(): Promise<Result[]> {
  const child = spawn(process.execPath, ['--expose-gc', fileURLToPath(new URL('saf-t-import.mjs', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seen: Imported[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) seen.push(JSON.parse(line) as Imported);
  });
  const [code] = (await once(child, 'close')) as [number];
  const [small, large] = seen;
  if (code !== 0 || !small || !large) throw new Error(`the import's benchmark ended with ${code}`);
  const growth = large.peak_rss_mb / small.peak_rss_mb;
  return [
    {
      measure: 'SAF-T import of 1 M lines',
      target: `≥ ${whole(LINES_PER_SECOND)} lines/s`,
      seen: `${whole(large.lines_per_second)} lines/s`,
      reached: large.lines_per_second >= LINES_PER_SECOND,
      detail: `${whole(small.lines_per_second)} lines/s at ${whole(small.lines)} lines`,
    },
    {
      measure: 'memory of the import at 1 M lines, against 100 k',
      target: `flat (≤ ${FLAT} ×)`,
      seen: `${growth.toFixed(2)} ×`,
      reached: growth <= FLAT,
      detail: `${large.peak_rss_mb} MB against ${small.peak_rss_mb} MB`,
    },
  ];
}
