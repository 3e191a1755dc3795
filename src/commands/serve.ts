import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { createApp } from '../app.ts';
import { openBackground } from '../background/background.ts';
import { attachDemoProperty, createDemo, type DemoInfo, openDemoBank, payDemoBill } from '../demo/index.ts';
import { type Config, readConfig } from '../platform/config.ts';
import { applicationConnection } from '../platform/database/application-connection.ts';
import { dataFolder } from '../platform/database/embedded/data-folder.ts';
import { AlreadyServing } from '../platform/database/embedded/data-lock.ts';
import { type Embedded, startEmbedded } from '../platform/database/embedded/embedded.ts';
import { migrate } from '../platform/database/migrate.ts';
import { limitsOf } from '../platform/database/limits.ts';
import { requireRoom } from '../platform/database/room.ts';
import { Database } from '../platform/database/pool.ts';
import type { Platform } from '../platform/operation.ts';
import { type RunningSandbox, startSandbox } from './sandbox-thread.ts';
import type { Command } from './command.ts';
import { CLOSE_WITHIN_MS, END_WITHIN_MS, endWithin } from './end-within.ts';
import { openNode } from './open-node.ts';
import { print } from './print.ts';

export const command: Command = {
  usage: `serve

Starts the server: the embedded database in DATA_DIR, or the one of DATABASE_URL. Ctrl-C or SIGTERM finishes the running
requests, for half a minute at most, and ends it.`,
  async run(args) {
    parseArgs({ args });
    const config = readConfig(process.env);
    try {
      return await serve(config);
    } catch (error) {
      if (!(error instanceof AlreadyServing)) throw error;
      print(error.message);
      return 0;
    }
  },
};

async function serve(config: Config): Promise<number> {
  // Standard output is for users, standard error for the log.
  const log = pino(
    { level: config.logLevel, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
  // The steps of the start are logged only at level debug; its errors always.
  if (log.level === 'info') log.level = 'warn';
  // From the first moment: a signal during the start ends it after the current step.
  const asked = new Promise<'asked'>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve('asked'));
  });
  const embedded = config.databaseUrl ? undefined : await startDatabase(config, log);
  try {
    const connection = embedded?.connection ?? { connectionString: config.databaseUrl };
    await migrate(connection, (line) => log.info(line));
    await requireRoom(connection, config, log);
    const application = await applicationConnection(connection);
    const database = new Database({ ...application, max: config.databasePoolSize }, limitsOf(config));
    try {
      await database.prove();
      const publicUrl = addressOf(config, config.port);
      const sandbox = runsSandbox(config) ? await sandboxFor(config, publicUrl, log) : undefined;
      const node = openNode(config, { database, application, log, publicUrl, standIns: sandbox?.config });
      const { platform } = node;
      const demo = (config.demo ?? !config.databaseUrl) ? await demoFor(platform, config, sandbox) : undefined;
      const background = await openBackground(platform, config, connection);
      platform.jobs = background.jobs;
      platform.tasks = background.tasks;
      const app = await createApp({ platform, config, logger: log, tasks: background.tasks });
      try {
        if (config.workers > 0) await background.start();
        await app.server.listen({ host: config.host, port: config.port });
        const address = addressOf(config, (app.server.server.address() as AddressInfo).port);
        embedded?.announce(address);
        print(greeting(address, demo, sandbox));
        if (sandbox) log.debug({ sandbox: sandbox.addresses }, 'stand-ins of the parties outside');
        log.level = config.logLevel;
        const why = await Promise.race([asked, embedded?.ended ?? asked]);
        if (why instanceof Error) log.error(why.message);
        return why instanceof Error ? 1 : 0;
      } finally {
        await endWithin(END_WITHIN_MS, [app.close(), background.stop(END_WITHIN_MS - 5_000)]);
        app.server.server.closeAllConnections();
        await endWithin(CLOSE_WITHIN_MS, [...node.close(), sandbox?.stop()]);
      }
    } finally {
      await endWithin(CLOSE_WITHIN_MS, [database.close()]);
    }
  } finally {
    await embedded?.stop();
  }
}

/** With the demo, as long as no real party is configured. */
function runsSandbox({ sandbox, demo, databaseUrl, maskinportenClientId, idPortenClientId }: Config): boolean {
  return sandbox ?? ((demo ?? !databaseUrl) && !maskinportenClientId && !idPortenClientId);
}

/** If stand-ins do not start, the connections stay unconfigured; the server runs all the same. */
async function sandboxFor(config: Config, publicUrl: string, log: pino.Logger): Promise<RunningSandbox | undefined> {
  try {
    return await startSandbox(config, publicUrl);
  } catch (error) {
    log.error({ err: error }, 'the sandbox could not be started');
    return undefined;
  }
}

/** Creates the demo if it does not exist. A failure of it must not prevent access to the real books. */
async function demoFor(
  platform: Platform,
  { demoToken }: Config,
  sandbox: RunningSandbox | undefined,
): Promise<DemoInfo | undefined> {
  try {
    const demo = await createDemo(platform, { token: demoToken });
    if (demo.created && sandbox)
      await attachDemoProperty(platform).catch((error: unknown) => {
        platform.log.error({ err: error }, 'the demo has no property');
      });
    if (sandbox) {
      const bank = await openDemoBank(platform, sandbox.addresses.control);
      if (demo.created) await payDemoBill(platform, bank);
    }
    return demo;
  } catch (error) {
    platform.log.error({ err: error }, 'the demo could not be made');
    return undefined;
  }
}

/** What the operator needs first, in a dozen lines. */
function greeting(address: string, demo: DemoInfo | undefined, sandbox: RunningSandbox | undefined): string {
  const lines = [`Hovedbok runs at ${address}`, ''];
  if (demo)
    lines.push(
      `  Sign in       ${demo.email}   an accountant with three clients`,
      `                ${demo.ownerEmail.padEnd(demo.email.length)}   the owner of one of them`,
      `  Password      ${demo.password}`,
      `  Access token  ${demo.token}`,
    );
  if (sandbox)
    lines.push(`  Stand-ins     ${sandbox.addresses.control}   of the parties outside; nothing there is real`);
  lines.push(`  The API       ${address}/docs`, '  Stop          Ctrl-C', '');
  return lines.join('\n');
}

function startDatabase(config: Config, log: pino.Logger): Promise<Embedded> {
  const dataDir = dataFolder(config.dataDir);
  return startEmbedded({ dataDir, log: (line) => log.debug({ postgres: line }, 'database') });
}

function addressOf(config: Config, port: number): string {
  if (config.publicUrl) return config.publicUrl;
  const host = ['0.0.0.0', '::'].includes(config.host) ? 'localhost' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
