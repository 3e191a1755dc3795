import { join } from 'node:path';
import { ehfThreadErrors } from '../invoices/index.ts';
import type { Log } from '../platform/operation.ts';
import { packageRoot } from '../platform/package-root.ts';
import { RenderingThreads } from '../platform/rendering/rendering-threads.ts';

/** Far more than the largest accepted file needs. */
const SECONDS = 120;
const MEMORY_MB = 1_024;
const QUEUE = 200;

/** The thread that reads, checks and writes large invoices (decision 0032); started with the first one. */
export function openEhfThreads({ log }: { log: Log }): RenderingThreads {
  return new RenderingThreads({
    file: join(packageRoot, 'dist', 'ehf-thread.js'),
    data: null,
    threads: 1,
    queue: QUEUE,
    seconds: SECONDS,
    backgroundSeconds: SECONDS,
    memoryMegabytes: MEMORY_MB,
    errors: ehfThreadErrors,
    log,
  });
}
