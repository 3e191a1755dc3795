import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import { ConnectionPool } from './connection-pool.ts';
import { busyAtLimit, type DatabaseLimits, DEFAULT_LIMITS } from './limits.ts';
import { asTransactionOf, refuseNested } from './one-transaction.ts';
import { APPLICATION_ROLE, proveSessions } from './wall-proof.ts';

/** PostgreSQL truncates names after 63 bytes; two with the same prefix would then be one. */
const LONGEST_NAME = 63;

function statementName(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  return `${name.slice(0, 30)}-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

type Row = Record<string, unknown>;

/** A transaction that sees the client accounts that it was opened for, and no others. */
export class Transaction {
  readonly #client: pg.ClientBase;
  readonly #sent: Promise<void>[] = [];
  readonly #pipeline: Duplex | undefined;
  #failure: unknown;

  /** The limit for statements that last as long as their consumer takes. */
  readonly lastingSeconds: number;

  /** `isPipelined`: the connection does not wait for responses. */
  constructor(client: pg.ClientBase, lastingSeconds: number, isPipelined: boolean) {
    this.lastingSeconds = lastingSeconds;
    this.#client = client;
    this.#pipeline = isPipelined ? (client as unknown as pg.Client).connection.stream : undefined;
  }

  async rows<R = Row>(query: Sql): Promise<R[]> {
    this.gather();
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
    this.gather();
    return (await this.#client.query({ text: query.text, values: query.values })).rowCount ?? 0;
  }

  /** A statement of the hot paths, prepared once per connection under its name. */
  async named<R = Row>(name: string, text: string, values: unknown[]): Promise<R[]> {
    this.gather();
    return (await this.#client.query({ name: statementName(name), text, values })).rows as R[];
  }

  /** The same for a statement in pieces. */
  prepared<R = Row>(name: string, { text, values }: Sql): Promise<R[]> {
    return this.named<R>(name, text, values);
  }

  /**
   * The same for a statement whose rows are not needed: in a pipelined transaction the next one is sent at once. The commit
   * comes after all of them, and a failed statement fails the transaction.
   */
  send(name: string, text: string, values: unknown[]): void {
    this.#post({ name: statementName(name), text, values });
  }

  /** The same for a statement in pieces; without a name it is not prepared. */
  post({ text, values }: Sql, name?: string): void {
    if (name === undefined) this.#post({ text, values });
    else this.send(name, text, values);
  }

  #post(query: pg.QueryConfig): void {
    this.gather();
    const sent = this.#client.query(query).then(
      () => {},
      (error: unknown) => {
        this.#failure ??= error;
      },
    );
    this.#sent.push(sent);
  }

  /** Statements sent together leave in one write; every write wakes the server and costs as much as a small statement. */
  gather(): void {
    const stream = this.#pipeline;
    if (!stream || stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  /** Whether a statement may be sent while an earlier one runs. */
  get isPipelined(): boolean {
    return this.#pipeline !== undefined;
  }

  /** Waits for the statements that were sent; returns the first failure, if there was one. */
  async settled(): Promise<unknown> {
    await Promise.all(this.#sent);
    return this.#failure;
  }

  /** Adds client accounts that the rest of this transaction may see: for a client account that it has just created. */
  async see(clientAccounts: readonly number[]): Promise<void> {
    await this.#client.query(wall(clientAccounts));
  }

  /** From here on the transaction may write this user's own records: the caller has just authenticated as that user. */
  async actFor(userId: number): Promise<void> {
    await this.#client.query(wallOfUser(userId));
  }

  /** For streaming with a cursor or a copy, which only `streams` transactions can. */
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
  /** The user whose own records (user, sessions, tokens, programs) it may write; none if not given. */
  userId?: number | undefined;
  /** Internal work on records that belong to no user or client account. */
  work?: HouseWork;
  /**
   * A short transaction for an import that has its own transaction open: locks that others wait for must not be held as long
   * as that one.
   */
  besideLasting?: boolean;
  /** For cursors and copies: on a connection that waits for each response. */
  streams?: boolean;
}

/**
 * `oauth`: the OAuth server's records; `throttle`: counted attempts; `expiry`: removal of expired records; `id_porten`:
 * sessions that ID-porten ends, and tokens to be revoked there; `bank_mailbox`: files of banks that may be for any client
 * account; `register`: facts of Enhetsregisteret.
 */
export type HouseWork = 'oauth' | 'throttle' | 'expiry' | 'id_porten' | 'bank_mailbox' | 'register';

const BEGIN: Record<TransactionMode, string> = {
  read: 'begin isolation level repeatable read read only',
  write: 'begin isolation level read committed',
};

/**
 * The role is set again, though the connection has it: behind a pooler that gives each transaction another connection it
 * must not depend on the session. 0 stands for "no client account" in the audit log and is never a client account's id.
 */
function wall(clientAccounts: readonly number[]): string {
  assert(clientAccounts.every(Number.isSafeInteger), 'client account ids must be integers');
  return `set local role ${APPLICATION_ROLE}; set local app.client_accounts = '{0${clientAccounts.map((id) => `,${id}`).join('')}}'`;
}

export interface PipelineOptions {
  /** On a connection that no posting waits for, with the longer limits of an import. */
  lasting?: boolean;
  /** On a connection reserved for transactions that wait for a lock of another transaction. */
  waiting?: boolean;
  /** The limit for each wait for a lock, if it differs from the database's. */
  lockMillis?: number;
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

/**
 * The only access to the database: every connection that it lends runs under the application's role, with row level
 * security.
 */
export class Database {
  readonly limits: DatabaseLimits;
  readonly #pool: ConnectionPool;
  readonly #pipelines: ConnectionPool;
  readonly #waiting: ConnectionPool;
  readonly #lasting: ConnectionPool;
  readonly #streams: ConnectionPool;
  readonly #openReads = new OpenReads();

  constructor(connection: pg.PoolConfig, limits: Partial<DatabaseLimits> = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    const max = connection.max ?? 10;
    const pipelines = Math.min(Math.ceil(max / 4), MOST_PIPELINES);
    const lasting = { statementSeconds: this.limits.lastingSeconds, idleSeconds: this.limits.lastingSeconds };
    this.#pool = new ConnectionPool(connection, {
      ...this.limits,
      max: Math.max(max - pipelines, 1),
      pipeline: true,
    });
    this.#pipelines = new ConnectionPool(connection, { ...this.limits, max: pipelines, pipeline: true });
    this.#waiting = new ConnectionPool(connection, { ...this.limits, max: MOST_WAITING, pipeline: true });
    this.#lasting = new ConnectionPool(connection, { ...this.limits, ...lasting, max: MOST_LASTING, pipeline: true });
    this.#streams = new ConnectionPool(connection, { ...this.limits, max: MOST_STREAMS });
  }

  /**
   * One round trip for each awaited statement; statements that are sent together share one. The beginning goes out with the
   * first statement; the end of a read may come a little later than its result. The work must not continue after an awaited
   * statement has failed. Throws `OutcomeUnknown` when the connection breaks during the commit, `request.busy` (503)
   * when a wait reached its limit, and `NestedTransaction` when the caller has a transaction already.
   */
  async transaction<T>(options: TransactionOptions, work: (tx: Transaction) => Promise<T>): Promise<T> {
    refuseNested(this, options);
    const { mode, streams = false } = options;
    const client = await (streams ? this.#streams : this.#pool).connect();
    const tx = new Transaction(client, this.limits.lastingSeconds, !streams);
    return this.#run(client, tx, `${BEGIN[mode]}; ${wallOf(options)}`, () => work(tx), { mode });
  }

  /**
   * A short writing transaction for many callers, with as many round trips as it awaits results. It has connections of its own,
   * so that it does not wait behind the transactions of single callers. Throws as `transaction` does.
   */
  async pipelined<T>(
    clientAccounts: readonly number[],
    work: (tx: Transaction) => Promise<T>,
    { lasting = false, waiting = false, lockMillis }: PipelineOptions = {},
  ): Promise<T> {
    refuseNested(this);
    const pool = lasting ? this.#lasting : waiting ? this.#waiting : this.#pipelines;
    const client = await pool.connect();
    const tx = new Transaction(client, this.limits.lastingSeconds, true);
    const patience =
      lockMillis === undefined ? '' : `; set local lock_timeout = ${Math.max(Math.round(lockMillis), 1)}`;
    const begin = `${BEGIN.write}; ${wall(clientAccounts)}${patience}`;
    return this.#run(client, tx, begin, () => work(tx), { mode: 'write', lasting });
  }

  async #run<T>(
    client: pg.PoolClient,
    tx: Transaction,
    begin: string,
    work: () => Promise<T>,
    { mode, lasting = false }: { mode: TransactionMode; lasting?: boolean },
  ): Promise<T> {
    let broken: Error | undefined;
    try {
      tx.gather();
      // Not awaited: if it failed, the statements after it would find no client account that they may see.
      const begun = client.query(this.#openReads.take(client) ? `commit; ${begin}` : begin).then(
        () => undefined,
        (error: unknown) => error,
      );
      const refused = tx.isPipelined ? undefined : await begun;
      if (refused) throw refused;
      const result = await asTransactionOf(this, work, lasting);
      if (mode === 'read' && tx.isPipelined) {
        this.#openReads.add(client);
        return result;
      }
      const { command } = await client.query('commit').catch(asOutcome);
      // After a failed statement the server responds to the commit with a rollback.
      if (command !== 'COMMIT') throw (await begun) ?? (await tx.settled()) ?? new Error('the database did not commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((fault: Error) => {
        broken = fault;
      });
      if (error instanceof OutcomeUnknown) throw error;
      // An earlier statement that was sent is the cause of the failure of those after it.
      throw busyAtLimit((await tx.settled()) ?? error);
    } finally {
      client.release(broken);
    }
  }

  /**
   * Verifies that connections are under row level security and keep their session: a pooler that hands them on between
   * transactions loses lock timeouts and the locks of jobs. Throws `WallNotProven` with instructions.
   */
  async prove(): Promise<void> {
    const first = await this.#pool.connect();
    const second = await this.#pipelines.connect().catch((error: unknown) => {
      first.release();
      throw error;
    });
    try {
      await proveSessions(first, second);
    } finally {
      first.release(true);
      second.release(true);
    }
  }

  get load(): { total: number; idle: number; waiting: number } {
    const loads = this.#pools.map((pool) => pool.load);
    const sum = (of: keyof ConnectionPool['load']) => loads.reduce((total, load) => total + load[of], 0);
    return { total: sum('total'), idle: sum('idle'), waiting: sum('waiting') };
  }

  get #pools(): ConnectionPool[] {
    return [this.#pool, this.#pipelines, this.#waiting, this.#lasting, this.#streams];
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.end()));
  }
}

/** How long a read may stay open behind its result. */
const END_READ_MILLIS = 5;

/**
 * Connections whose last transaction was a read that has not ended yet. Its end costs a round trip of its own, unless it goes
 * out with the beginning of the connection's next transaction.
 */
class OpenReads {
  readonly #clients = new Set<pg.PoolClient>();
  #isArmed = false;

  add(client: pg.PoolClient): void {
    this.#clients.add(client);
    if (this.#isArmed) return;
    this.#isArmed = true;
    setTimeout(() => this.#end(), END_READ_MILLIS).unref();
  }

  /** Whether the connection has an open read, which the caller ends. */
  take(client: pg.PoolClient): boolean {
    return this.#clients.delete(client);
  }

  #end(): void {
    this.#isArmed = false;
    // A connection that is lent at this moment gets its statements after this one.
    for (const client of this.#clients) client.query('commit').catch(() => {});
    this.#clients.clear();
  }
}

/** The connection broke during the commit: the work may be done or not, and must not be repeated blindly. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super('the connection to the database broke during the commit', { cause });
  }
}

/** A commit that the server refused was not done; one without a response, or ended with the server (57), may be. */
function asOutcome(error: unknown): never {
  const state = sqlState(error);
  if (state && !state.startsWith('57') && !state.startsWith('08')) throw error;
  throw new OutcomeUnknown(error);
}

/** Few transactions are pipelined, each for many callers; more would only wait for each other. */
const MOST_PIPELINES = 4;
/** Concurrent imports; each keeps a processor and the database busy for seconds or minutes. */
const MOST_LASTING = 2;

/** Concurrent transactions with cursors or copies: exports and archives. */
const MOST_STREAMS = 2;

/** Concurrent postings that wait for books locked by another transaction. */
export const MOST_WAITING = 2;

/** The connections that a `Database` uses beside its `max`. */
export const CONNECTIONS_BESIDE = MOST_LASTING + MOST_WAITING + MOST_STREAMS;

/** SQLSTATE of a database error, or undefined. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)
    ? error.code
    : undefined;
}

export function violatedConstraint(error: unknown): string | undefined {
  return sqlState(error)?.startsWith('23') ? (error as { constraint?: string }).constraint : undefined;
}
