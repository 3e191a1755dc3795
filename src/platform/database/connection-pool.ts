import pg from 'pg';
import { assert } from '../../kernel/assert.ts';
import { busy, isConnectionTimeout } from './limits.ts';
import { proveWall } from './wall-proof.ts';

const { builtins } = pg.types;

/**
 * int8 as a number that is checked to be exact (ids, counts, øre: all below 2^53); numeric and date as text, because a
 * date has no time zone and a sum may be larger than a number; timestamps as Date.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      if (oid === builtins.INT8) return parseInt8 as never;
      if (oid === builtins.DATE || oid === builtins.NUMERIC) return ((text: string) => text) as never;
      if (oid === 1016)
        return ((text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(parseInt8))) as never;
    }
    return pg.types.getTypeParser(oid, format);
  },
};

function parseInt8(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `integer from the database is not exact: ${text}`);
  return value;
}

/**
 * How long an unused connection is kept. A new one costs processor time (its process, its catalog, its plans) at the moment when all
 * others are busy.
 */
const KEPT_MILLIS = 10 * 60_000;

export interface PoolOptions {
  max: number;
  pipeline?: boolean;
  connectionSeconds: number;
  lockSeconds: number;
  statementSeconds: number;
  idleSeconds: number;
}

/**
 * Connections with the application's role. Each is proven to be bound by row level security, and each wait has a limit.
 */
export class ConnectionPool {
  readonly #pool: pg.Pool;

  constructor(connection: pg.PoolConfig, options: PoolOptions) {
    const { max, pipeline = false, connectionSeconds } = options;
    this.#pool = new pg.Pool({
      ...connection,
      max,
      pipeline,
      connectionTimeoutMillis: connectionSeconds * 1000,
      idleTimeoutMillis: KEPT_MILLIS,
      application_name: 'hovedbok',
      types,
      // The pool awaits the promise, which its type does not declare.
      // oxlint-disable-next-line typescript/no-misused-promises
      onConnect: (client) => proveWall(client, options),
    });
    // An idle connection that breaks is replaced by the pool; the next query on it must not end the process.
    this.#pool.on('error', () => {});
    // Nor must a connection in use that breaks: its queries fail and report the error to their callers.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** Throws `request.busy` when no connection became free in time. */
  async connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw isConnectionTimeout(error) ? busy(error) : error;
    }
  }

  get load(): { total: number; idle: number; waiting: number } {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { total, idle, waiting };
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}
