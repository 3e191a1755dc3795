import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { onlyWhatIsUsed, threadPrograms } from '../../../scripts/thread-programs.mjs';
import { startEmbedded } from '../../../src/platform/database/embedded/embedded.ts';
import { migrate } from '../../../src/platform/database/migrate.ts';
import { packageRoot } from '../../../src/platform/package-root.ts';
import { dropDatabase } from './drop-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    ownerConnection: OwnerConnection;
    /** Folder of the bundled programs of rendering threads: a thread loads no JSX. */
    threadPrograms: string;
  }
}

/** The part of pg.ClientConfig that passes between processes. */
export interface OwnerConnection {
  host?: string;
  user?: string;
  database?: string;
  connectionString?: string;
  /** The owner bypasses row level security, as migrations do. */
  options?: string;
}

/** Suffixes of the names of databases beside the main one. */
export const BESIDE = ['_demo', '_demo_sent'] as const;

/** A fresh, migrated database for the whole run: on the server of TEST_DATABASE_URL, else on an embedded one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.TEST_DATABASE_URL;
  const { connection, teardown } = url ? await onServer(url) : await onEmbedded();
  try {
    await migrate(connection);
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide('ownerConnection', { ...connection, options: '-c hovedbok.owner_works=on' });
  const bundle = await bundleThreadPrograms();
  project.provide('threadPrograms', bundle);
  return async () => {
    await teardown();
    rmSync(bundle, { recursive: true, force: true });
  };
}

/** Within the package, so that it finds the packages that are not bundled. */
async function bundleThreadPrograms(): Promise<string> {
  mkdirSync(join(packageRoot, '.tmp'), { recursive: true });
  const outdir = mkdtempSync(join(packageRoot, '.tmp', 'threads-'));
  await build({
    absWorkingDir: packageRoot,
    entryPoints: { ...threadPrograms, 'trial-thread': 'test/support/server/trial-thread.ts' },
    plugins: [onlyWhatIsUsed],
    outdir,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node22.13',
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
  return outdir;
}

async function onEmbedded() {
  const folder = mkdtempSync(join(tmpdir(), 'hb-test-'));
  chmodSync(folder, 0o755);
  const embedded = await startEmbedded({ dataDir: folder, ephemeral: true });
  const teardown = async () => {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { connection: embedded.connection as OwnerConnection, teardown };
}

async function onServer(url: string) {
  const name = `hovedbok_test_${randomBytes(6).toString('hex')}`;
  await onMaintenance(url, `create database ${name} encoding 'UTF8' locale 'C' template template0`);
  const target = new URL(url);
  target.pathname = `/${name}`;
  const teardown = async () => {
    for (const suffix of ['', ...BESIDE])
      await dropDatabase((statement) => onMaintenance(url, statement), `${name}${suffix}`);
  };
  return { connection: { connectionString: target.href } as OwnerConnection, teardown };
}

async function onMaintenance(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
