import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { createApp } from '../../../src/app.ts';
import { type Clock, fixedClock } from '../../../src/kernel/clock.ts';
import { type Config, readConfig } from '../../../src/platform/config.ts';
import { Database } from '../../../src/platform/database/pool.ts';
import { openFileStore } from '../../../src/platform/files/file-store.ts';
import type { JobKind } from '../../../src/platform/jobs/job-queue.ts';
import { Jobs } from '../../../src/platform/jobs/jobs.ts';
import { Tasks } from '../../../src/platform/jobs/tasks.ts';
import type { Platform } from '../../../src/platform/operation.ts';
import type { Rendering } from '../../../src/platform/rendering/rendering.ts';
import type { OwnerConnection } from '../../support/database/global-setup.ts';

export interface Attacked {
  server: FastifyInstance;
  platform: Platform;
  connection: OwnerConnection;
  folder: string;
  /** Errors that the server logged since the last call. */
  takeErrors(): string[];
  /** Everything logged, a line each. */
  logged: string[];
  close(): Promise<void>;
}

export interface AttackedOptions {
  connection: OwnerConnection;
  rendering?: Rendering;
  clock?: Clock;
  config?: Partial<Config>;
  /** Tasks of the jobs; without it no task runs. */
  jobs?: (platform: Platform) => JobKind[];
  /** Connections to the database. */
  connections?: number;
}

/** The whole server, with files and jobs; every response is validated against its declared schema. */
export async function startAttacked(options: AttackedOptions): Promise<Attacked> {
  const { connection, rendering } = options;
  const folder = mkdtempSync(join(tmpdir(), 'hb-attack-'));
  const logged: string[] = [];
  let errors: string[] = [];
  const keep = (...parts: unknown[]) => {
    const line = JSON.stringify(parts, (_, value) => (value instanceof Error ? `${value.stack}` : value));
    logged.push(line);
    return line;
  };
  const database = new Database({ ...connection, max: options.connections ?? 12 });
  const platform: Platform = {
    database,
    clock: options.clock ?? fixedClock('2026-03-15T10:00:00Z'),
    log: { info: keep, warn: keep, error: (...parts) => void errors.push(keep(...parts)) },
    files: openFileStore(readConfig({}), folder, connection),
    publicUrl: 'https://regnskap.example',
    ...(rendering ? { rendering } : {}),
  };
  const kinds = options.jobs?.(platform) ?? [];
  const tasks = await Tasks.open({ connection, log: platform.log, prefix: `attack-${folder.slice(-6)}:` });
  const { files, clock, log } = platform;
  const jobs = new Jobs({ tasks, database, clock, log, files: files!, kinds, maxBytes: 8_000_000 });
  if (kinds.length > 0) await tasks.work([jobs.task], 1);
  platform.jobs = jobs;
  const config = { ...readConfig({ HOVEDBOK_TEST: '1' }), ...options.config };
  const app = await createApp({ platform, config, validateAnswers: true });
  return {
    server: fromElsewhere(app.server),
    platform,
    connection,
    folder,
    logged,
    takeErrors: () => {
      const taken = errors;
      errors = [];
      return taken;
    },
    close: async () => {
      await tasks.stop(5_000);
      await app.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Attacks use a separate address, so that their counted attempts lock no other test out. */
function fromElsewhere(server: FastifyInstance): FastifyInstance {
  const inject = server.inject.bind(server) as (request: InjectOptions) => ReturnType<FastifyInstance['inject']>;
  const remoteAddress = `203.0.${randomInt(256)}.${randomInt(256)}`;
  server.inject = ((request: InjectOptions | string) =>
    inject({ remoteAddress, ...(typeof request === 'string' ? { url: request } : request) })) as never;
  return server;
}
