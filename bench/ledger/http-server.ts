import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/platform/config.ts';
import type { ClientBooks } from '../setup/client-books.ts';
import type { LoadReport } from './http-load.ts';
import type { Side } from '../setup/rounds.ts';

export interface BenchHttp {
  port: number;
  close(): Promise<void>;
}

/** The whole application on a loopback port, without a log. */
export async function listen(books: ClientBooks): Promise<BenchHttp> {
  const app = await createApp({ platform: books.platform, config: readConfig({}) });
  await app.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.server.address() as AddressInfo;
  return { port, close: () => app.close() };
}

/** POST /journal-entries with a personal access token, from a separate process over keep-alive connections. */
export async function postingOverHttp(
  books: ClientBooks,
  { port }: BenchHttp,
  callers: number,
): Promise<{ side: Side; close(): Promise<void> }> {
  const child = fork(fileURLToPath(new URL('http-load.mjs', import.meta.url)));
  const { token, clients } = books;
  child.send({ target: { port, token, clients, connections: callers } });
  await once(child, 'message');
  return {
    async side(milliseconds) {
      const report = await ask(child, milliseconds);
      if (report.refused > 0) throw new Error(`${report.refused} requests were refused`);
      return { rate: report.count / report.seconds };
    },
    async close() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function ask(child: ChildProcess, milliseconds: number): Promise<LoadReport> {
  child.send({ milliseconds });
  const [report] = (await once(child, 'message')) as [LoadReport];
  return report;
}
