import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Result, whole } from '../setup/result.ts';

interface Exported {
  lines: number;
  lines_per_second: number;
  seconds_until_first_byte: number;
  own_cpu_seconds: number;
  peak_rss_mb: number;
}

const LINES_PER_SECOND = 125_000;
const MEGABYTES = 150;
/** What counts as flat: the collector of a longer run is called later, not more often. */
const FLAT = 1.25;

/** Runs the benchmark of the SAF-T export in a separate process, so that its memory is measured alone. */
export async function measureSafTExport(): Promise<Result[]> {
  const child = spawn(process.execPath, ['--expose-gc', fileURLToPath(new URL('saf-t-export.mjs', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seen: Exported[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) seen.push(JSON.parse(line) as Exported);
  });
  const [code] = (await once(child, 'close')) as [number];
  const [one, three] = seen;
  if (code !== 0 || !one || !three) throw new Error(`the benchmark of the SAF-T export ended with ${code}`);
  const growth = three.peak_rss_mb / one.peak_rss_mb;
  const speed = three.lines_per_second / one.lines_per_second;
  return [
    {
      measure: 'SAF-T export of 1 M lines',
      target: `≥ ${whole(LINES_PER_SECOND)} lines/s`,
      seen: `${whole(one.lines_per_second)} lines/s`,
      reached: one.lines_per_second >= LINES_PER_SECOND,
      detail: `first byte after ${one.seconds_until_first_byte} s; ${one.own_cpu_seconds} s of the process's own CPU`,
    },
    {
      measure: 'memory of the export of 1 M lines',
      target: `≤ ${MEGABYTES} MB`,
      seen: `${one.peak_rss_mb} MB`,
      reached: one.peak_rss_mb <= MEGABYTES,
      detail: `${three.peak_rss_mb} MB at ${whole(three.lines)} lines`,
    },
    {
      measure: 'the export at 3 M lines, against 1 M',
      target: `flat (memory ≤ ${FLAT} ×, speed ≥ 0.80 ×)`,
      seen: `memory ${growth.toFixed(2)} ×, speed ${speed.toFixed(2)} ×`,
      reached: growth <= FLAT && speed >= 0.8,
      detail: `${whole(three.lines_per_second)} lines/s at ${whole(three.lines)} lines`,
    },
  ];
}
