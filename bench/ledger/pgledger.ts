import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { closedLoop, seededRandom, type Side } from '../setup/rounds.ts';
import { type BenchServer, walBytesOf } from '../setup/server.ts';

/** pgledger (https://github.com/pgr0ss/pgledger), a public SQL library, run from a folder outside this repository. */
export interface Pgledger {
  accounts(count: number): Promise<string[]>;
  /** `create_transfer` between two random accounts, one call a transaction. */
  single(accounts: readonly string[]): Side;
  /** `create_transfers` of `size` transfers a call. */
  bulk(accounts: readonly string[], size: number): Side;
  close(): Promise<void>;
}

/** Why the folder cannot be used, or null. */
export function missingPgledger(folder: string | undefined): string | null {
  const how = 'clone https://github.com/pgr0ss/pgledger outside this repository and pass --pgledger FOLDER';
  if (folder === undefined) return `pgledger is not given: ${how}`;
  return existsSync(join(folder, 'pgledger.sql')) ? null : `no pgledger.sql in ${folder}: ${how}`;
}

export async function openPgledger(
  server: BenchServer,
  folder: string,
  load: { connections: number; callers: number },
): Promise<Pgledger> {
  const connection = await server.createDatabase('pgledger');
  const admin = new pg.Client(connection);
  admin.on('error', () => {});
  await admin.connect();
  const vendor = join(folder, 'vendor', 'scoville-pgsql-ulid');
  for (const file of readdirSync(vendor).filter((name) => name.endsWith('.sql')))
    await admin.query(readFileSync(join(vendor, file), 'utf8'));
  await admin.query(readFileSync(join(folder, 'pgledger.sql'), 'utf8'));
  const pool = new pg.Pool({ ...connection, max: load.connections });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const random = seededRandom(11);
  const amount = () => 1 + Math.floor(random() * 2 ** 32);
  const pair = (accounts: readonly string[]): [string, string] => {
    const from = Math.floor(random() * accounts.length);
    const to = (from + 1 + Math.floor(random() * (accounts.length - 1))) % accounts.length;
    return [accounts[from]!, accounts[to]!];
  };
  const side =
    (size: number, query: () => pg.QueryConfig): Side =>
    async (milliseconds) => {
      const { value, bytes } = await walBytesOf(admin, () =>
        closedLoop(load.callers, milliseconds, async () => {
          await pool.query(query());
        }),
      );
      return { rate: (value.count * size) / value.seconds, walBytes: bytes / (value.count * size) };
    };
  return {
    async accounts(count) {
      const { rows } = await admin.query<{ id: string }>(
        `select (pgledger_create_account('account ' || n, 'NOK')).id from generate_series(1, $1) n`,
        [count],
      );
      return rows.map(({ id }) => id);
    },
    single: (accounts) =>
      side(1, () => ({
        name: 'single',
        text: 'select id from pgledger_create_transfer($1, $2, $3)',
        values: [...pair(accounts), amount()],
      })),
    bulk: (accounts, size) =>
      side(size, () => ({
        name: 'bulk',
        text: 'select id from pgledger_create_transfers($1::transfer_request[])',
        values: [
          `{${Array.from({ length: size }, () => {
            const [from, to] = pair(accounts);
            return `"(${from},${to},${amount()})"`;
          }).join(',')}}`,
        ],
      })),
    async close() {
      await pool.end();
      await admin.end();
    },
  };
}
