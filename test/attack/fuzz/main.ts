// npm run fuzz [-- --requests N --seed N --route TEXT --envelopes N]
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allRoutes } from '../../../src/app.ts';
import { startEmbedded } from '../../../src/platform/database/embedded/embedded.ts';
import { migrate } from '../../../src/platform/database/migrate.ts';
import { RenderingThreads } from '../../../src/platform/rendering/rendering-threads.ts';
import type { RenderingThreadData } from '../../../src/rendering-threads/rendering-thread-data.ts';
import { startAttacked } from '../support/server.ts';
import { type Failure, fuzz, openGround } from './fuzz.ts';
import { attackEnvelopes } from './envelope-ground.ts';
import { malformedHttp } from './malformed-http.ts';

const USAGE = `Usage: npm run fuzz [-- OPTIONS]

Sends seeded requests, valid and not, to every endpoint of a server of its own, and tells which answers are faults of the
server: status 5xx, an undocumented body, a leak of its inside, a change in books that the caller has no access to.

  --requests N   how many (20000)
  --seed N       other numbers, other requests (1)
  --route TEXT   only endpoints with this in "METHOD path"
  --envelopes N  instead: so many changed envelopes to the SOAP API`;

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    route: { type: 'string', default: '' },
    envelopes: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
} else {
  process.exitCode = await main(Number(values.requests), Number(values.seed), values.route);
}

async function main(requests: number, seed: number, text: string): Promise<number> {
  const routes = allRoutes.filter((route) => `${route.method} ${route.path}`.includes(text));
  if (routes.length === 0) throw new Error(`no endpoint has "${text}" in it`);
  const folder = mkdtempSync(join(tmpdir(), 'hb-fuzz-'));
  chmodSync(folder, 0o755);
  const embedded = await startEmbedded({ dataDir: folder, ephemeral: true });
  try {
    await migrate(embedded.connection);
    const data: RenderingThreadData = {
      connection: embedded.connection,
      publicUrl: 'https://regnskap.example',
      statementSeconds: 30,
    };
    const silent = { info() {}, warn() {}, error() {} };
    const file = join(import.meta.dirname, 'rendering-thread.mjs');
    const limits = { threads: 1, queue: 10, seconds: 20, backgroundSeconds: 20, memoryMegabytes: 256 };
    const rendering = new RenderingThreads({ file, data, log: silent, ...limits });
    const attacked = await startAttacked({ connection: embedded.connection, rendering });
    try {
      const started = performance.now();
      const progress = (sent: number) => void process.stderr.write(`\r${sent} requests`);
      const count = Number(values.envelopes);
      if (count > 0) {
        const { answers, failures } = await attackEnvelopes(attacked, { count, seed, progress });
        for (const { what, envelope } of failures) console.log(`\n${what}\n  ${envelope}`);
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        console.log(
          `\n${count} envelopes in ${seconds} s (seed ${seed}): ${JSON.stringify(answers)}; ${failures.length} failures`,
        );
        return failures.length === 0 ? 0 : 1;
      }
      const found = ({ what, line, logged }: Failure) =>
        console.log(`\n${what}\n  ${line}${logged[0] ? `\n  ${logged[0].slice(0, 700)}` : ''}`);
      const result = await fuzz(attacked, await openGround(attacked), { requests, seed, routes, progress, found });
      const malformed = await malformedHttp(attacked.server);
      process.stderr.write('\n');
      for (const { what, routes: where } of result.failures)
        if (where.size > 1) console.log(`\n${what}: also at ${[...where].slice(1).join(', ')}`);
      for (const line of malformed) console.log(`\nmalformed HTTP: ${line}`);
      if (result.touched.length > 0) console.log(`\nbooks of another changed: ${result.touched.join(', ')}`);
      if (!result.ready) console.log('\nthe server is not ready afterwards');
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(
        `\n${result.sent} requests to ${routes.length} endpoints in ${seconds} s (seed ${seed}): ${JSON.stringify(result.statuses)}; ${result.failures.length} failures`,
      );
      const isClean = result.failures.length + malformed.length + result.touched.length === 0 && result.ready;
      return isClean ? 0 : 1;
    } finally {
      await attacked.close();
      await rendering.close();
    }
  } finally {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
