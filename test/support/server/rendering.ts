import { join } from 'node:path';
import { inject } from 'vitest';
import type { Rendering } from '../../../src/platform/rendering/rendering.ts';
import { RenderingThreads, type RenderingThreadsOptions } from '../../../src/platform/rendering/rendering-threads.ts';
import type { RenderingThreadData } from '../../../src/rendering-threads/rendering-thread-data.ts';
import { testOwnerConnection } from '../database/database.ts';

let shared: RenderingThreads | undefined;

/** Rendering threads on the run's database, started when first used and shared by all tests of a process. */
export function testRendering(): Rendering {
  return (shared ??= newRendering());
}

/** Separate threads for a test, which closes them. `program`: the server's, or the trial tasks of trial-thread.ts. */
export function newRendering(
  overrides: Partial<RenderingThreadsOptions> = {},
  program: 'rendering-thread' | 'trial-thread' = 'rendering-thread',
): RenderingThreads {
  const data: RenderingThreadData = {
    connection: testOwnerConnection(),
    publicUrl: 'https://regnskap.example',
    statementSeconds: 30,
  };
  return new RenderingThreads({
    file: join(inject('threadPrograms'), `${program}.js`),
    data,
    threads: 1,
    queue: 10,
    seconds: 20,
    backgroundSeconds: 20,
    memoryMegabytes: 256,
    log: { info() {}, warn() {}, error() {} },
    ...overrides,
  });
}
