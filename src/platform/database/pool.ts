import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';

const { builtins } = pg.types;

/**
 * int8 as a number that is proven exact (ids, counts, øre: all below 2^53); numeric and date as text, because a date has
 * no time zone and a sum may be larger than a number; timestamps as Date.
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

/** PostgreSQL cuts names after 63 bytes; two that begin alike would then be one. */
const LONGEST_NAME = 63;

function statementName(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  return `${name.slice(0, 30)}-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

type Row = Record<string, unknown>;

/** A transaction that sees the client accounts it was opened for, and no others. */
export class Transaction {
  readonly #client: pg.ClientBase;
  readonly #sent: Promise<void>[] = [];
  readonly #pipeline: Duplex | undefined;
  #failure: unknown;

  /** `pipeline`: the stream of a connection that does not wait for answers. */
  constructor(client: pg.ClientBase, pipeline?: Duplex) {
    this.#client = client;
    this.#pipeline = pipeline;
  }

  async rows<R = Row>(query: Sql): Promise<R[]> {
    return (await this.#client.query({ text: query.text, values: query.values })).rows as R[];
  }

  async one<R = Row>(query: Sql): Promise<R> {
    const rows = await this.rows<R>(query);
    assert(rows.length === 1, `expected one row, got ${rows.length}`);
    return rows[0]!;
  }

  async maybe<R = Row>(query: Sql): Promise<R | undefined> {
    const rows = await this.rows<R>(query);
    assert(rows.length <= 1, `expected at most one row, got ${rows.length}`);
    return rows[0];
  }

  /** Number of rows changed. */
  async execute(query: Sql): Promise<number> {
    return (await this.#client.query({ text: query.text, values: query.values })).rowCount ?? 0;
  }

  /** A statement of the hot paths, prepared once per connection under its name. */
  async named<R = Row>(name: string, text: string, values: unknown[]): Promise<R[]> {
    this.gather();
    return (await this.#client.query({ name: statementName(name), text, values })).rows as R[];
  }

  /**
   * The same for a statement whose rows nobody needs: in a pipelined transaction the next one is sent at once. The
   * commit comes after all of them, and one that fails fails the transaction.
   */
  send(name: string, text: string, values: unknown[]): void {
    this.gather();
    const sent = this.#client.query({ name: statementName(name), text, values }).then(
      () => {},
      (error: unknown) => {
        this.#failure ??= error;
      },
    );
    this.#sent.push(sent);
  }

  /** What is sent in one go leaves in one write; every write wakes the server and costs as much as a small statement. */
  gather(): void {
    const stream = this.#pipeline;
    if (!stream || stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  /** Waits for what was sent; the first failure, if there was one. */
  async settled(): Promise<unknown> {
    await Promise.all(this.#sent);
    return this.#failure;
  }

  /** Lets the rest of this transaction see these client accounts too: a client account that it has just created. */
  async see(clientAccounts: readonly number[]): Promise<void> {
    await this.#client.query(wall(clientAccounts));
  }

  /** From here on the transaction may write this user's own records: the caller has just proven to be that user. */
  async actFor(userId: number): Promise<void> {
    await this.#client.query(wallOfUser(userId));
  }

  /** For streaming with a cursor. */
  get client(): pg.ClientBase {
    return this.#client;
  }
}

export type TransactionMode = 'read' | 'write';

export interface TransactionOptions {
  /** The client accounts whose rows this transaction may see. Empty: shared tables only. */
  clientAccounts: readonly number[];
  /** `read`: one consistent snapshot, refuses writes. */
  mode: TransactionMode;
  /** Whose own records (user, sessions, tokens, programs) it may write; nobody's if not given. */
  userId?: number | undefined;
  /** Work of the house on records that are nobody's in particular. */
  work?: HouseWork;
}

/** `oauth`: the OAuth server's records; `throttle`: counted attempts; `expiry`: removal of what has ended. */
export type HouseWork = 'oauth' | 'throttle' | 'expiry';

const BEGIN: Record<TransactionMode, string> = {
  read: 'begin isolation level repeatable read read only',
  write: 'begin isolation level read committed',
};

/** 0 stands for "no client account" in the audit log and is never a client account's id. */
function wall(clientAccounts: readonly number[]): string {
  assert(clientAccounts.every(Number.isSafeInteger), 'client account ids must be integers');
  return `set local app.client_accounts = '{0${clientAccounts.map((id) => `,${id}`).join('')}}'`;
}

function wallOfUser(userId: number): string {
  assert(Number.isSafeInteger(userId), 'a user id must be an integer');
  return `set local app.user_id = '${userId}'`;
}

/** All settings of a transaction in one statement text, sent with its beginning. */
function wallOf({ clientAccounts, userId, work }: TransactionOptions): string {
  const parts = [wall(clientAccounts)];
  if (userId !== undefined) parts.push(wallOfUser(userId));
  if (work) parts.push(`set local app.work = '${work}'`);
  return parts.join('; ');
}

/** The only way to the database: every connection it lends runs under the application's role, behind the wall. */
export class Database {
  readonly #pool: pg.Pool;
  readonly #pipelines: pg.Pool;
  readonly #lasting: pg.Pool;

  constructor(connection: pg.PoolConfig) {
    const max = connection.max ?? 10;
    const pipelines = Math.min(Math.ceil(max / 4), MOST_PIPELINES);
    this.#pool = createPool({ ...connection, max: Math.max(max - pipelines, 1) });
    this.#pipelines = createPool({ ...connection, max: pipelines, pipeline: true });
    this.#lasting = createPool({ ...connection, max: MOST_LASTING, pipeline: true });
  }

  /** One round trip a statement. Throws `OutcomeUnknown` when the connection breaks during the commit. */
  async transaction<T>(options: TransactionOptions, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(`${BEGIN[options.mode]}; ${wallOf(options)}`);
      const result = await work(new Transaction(client));
      await client.query('commit').catch(asOutcome);
      return result;
    } catch (error) {
      await client.query('rollback').catch((fault: Error) => {
        broken = fault;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /**
   * A writing transaction whose statements are sent without waiting for the answers of those before them: as few round
   * trips as the work has questions. No cursors. The work must not go on after a statement that it awaited has failed.
   * `lasting`: on a connection that no posting waits for.
   */
  async pipelined<T>(
    clientAccounts: readonly number[],
    work: (tx: Transaction) => Promise<T>,
    { lasting = false } = {},
  ): Promise<T> {
    const client = await (lasting ? this.#lasting : this.#pipelines).connect();
    const tx = new Transaction(client, (client as unknown as pg.Client).connection.stream);
    let broken: Error | undefined;
    try {
      tx.gather();
      // Not awaited: were it to fail, the statements behind it would find no client account they may see.
      const begun = client.query(`${BEGIN.write}; ${wall(clientAccounts)}`).then(
        () => undefined,
        (error: unknown) => error,
      );
      const result = await work(tx);
      const { command } = await client.query('commit').catch(asOutcome);
      // After a failed statement the server answers the commit with a rollback.
      if (command !== 'COMMIT') throw (await begun) ?? (await tx.settled()) ?? new Error('the database did not commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((fault: Error) => {
        broken = fault;
      });
      if (error instanceof OutcomeUnknown) throw error;
      // A statement that was sent before is the cause of the failure of those after it.
      throw (await tx.settled()) ?? error;
    } finally {
      client.release(broken);
    }
  }

  get load(): { total: number; idle: number; waiting: number } {
    const pools = [this.#pool, this.#pipelines, this.#lasting];
    const sum = (of: (pool: pg.Pool) => number) => pools.reduce((total, pool) => total + of(pool), 0);
    return {
      total: sum((pool) => pool.totalCount),
      idle: sum((pool) => pool.idleCount),
      waiting: sum((pool) => pool.waitingCount),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.end(), this.#pipelines.end(), this.#lasting.end()]);
  }
}

/** The connection broke while the commit was on its way: the work may be done or not, and must not be repeated blindly. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super('the connection to the database broke during the commit', { cause });
  }
}

/** A commit that the server refused was not done; one without its answer, or ended with the server (57), may be. */
function asOutcome(error: unknown): never {
  const state = sqlState(error);
  if (state && !state.startsWith('57') && !state.startsWith('08')) throw error;
  throw new OutcomeUnknown(error);
}

/** Few transactions are pipelined, each for many callers; more would only wait for each other. */
const MOST_PIPELINES = 4;
/** Imports at once; each keeps a processor and the database busy for seconds or minutes. */
const MOST_LASTING = 2;

/** Without jit: statements here are many and short, and compiling one of `verify` took longer than running it. */
const SETTINGS = '-c role=hovedbok_app -c timezone=UTC -c jit=off -c app.client_accounts={}';

function createPool(connection: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    options: `${connection.options ?? ''} ${SETTINGS}`.trim(),
    application_name: 'hovedbok',
    types,
  });
  // An idle connection that breaks is replaced by the pool; the next query on it must not end the process.
  pool.on('error', () => {});
  // So must one that is lent: its queries fail and tell whoever waits for them.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** SQLSTATE of a database error, or undefined. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)
    ? error.code
    : undefined;
}

export function violatedConstraint(error: unknown): string | undefined {
  return sqlState(error)?.startsWith('23') ? (error as { constraint?: string }).constraint : undefined;
}
