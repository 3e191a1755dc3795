import { join } from 'node:path';
import type pg from 'pg';
import type { Config } from '../platform/config.ts';
import type { Log } from '../platform/operation.ts';
import { packageRoot } from '../platform/package-root.ts';
import { RenderingThreads } from '../platform/rendering/rendering-threads.ts';
import type { RenderingThreadData } from './rendering-thread-data.ts';

/** The rendering threads of the configuration. `connection`: with the application's role, like the server's own. */
export function openRendering(
  config: Config,
  { connection, publicUrl, log }: { connection: pg.ClientConfig; publicUrl: string; log: Log },
): RenderingThreads {
  const { renderingThreads, renderingQueue, renderingSeconds, documentJobSeconds, renderingMemoryMb } = config;
  const data: RenderingThreadData = {
    connection,
    publicUrl,
    statementSeconds: Math.max(renderingSeconds, documentJobSeconds),
  };
  return new RenderingThreads({
    file: join(packageRoot, 'dist', 'rendering-thread.js'),
    data,
    threads: renderingThreads,
    queue: renderingQueue,
    seconds: renderingSeconds,
    backgroundSeconds: documentJobSeconds,
    memoryMegabytes: renderingMemoryMb,
    log,
  });
}
