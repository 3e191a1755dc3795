import pg from 'pg';
import { until } from './until.ts';

/** Holds the lock of client accounts' books, so that other transactions are known to wait in the middle of their work. */
export class HeldBooks {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async hold(connection: pg.ClientConfig, clientAccountIds: readonly number[]): Promise<HeldBooks> {
    const client = new pg.Client(connection);
    client.on('error', () => {});
    await client.connect();
    await client.query('begin');
    await client.query('select from client_account_heads where client_account_id = any($1) for update', [
      clientAccountIds,
    ]);
    return new HeldBooks(client);
  }

  /** Waits until this many connections wait for these books. */
  async waitedFor(count: number): Promise<void> {
    await until(`${count} waiting for held books`, async () => {
      // A transaction keeps its earlier view of other connections.
      await this.#client.query('select pg_stat_clear_snapshot()');
      const { rows } = await this.#client.query<{ count: number }>(`
        select count(*)::int as count from pg_stat_activity
        where datname = current_database() and pg_backend_pid() = any(pg_blocking_pids(pid))`);
      return rows[0]!.count >= count;
    });
  }

  async release(): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}
