import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import { assert } from '../kernel/assert.ts';
import type { Clock } from '../kernel/clock.ts';
import { clientAccountsWith, type Caller, type Role, type Scope } from './caller.ts';
import type { ColumnKeys } from './encryption/column-keys.ts';
import { numberArray, textArray } from './database/arrays.ts';
import { type Database, sqlState, type Transaction, violatedConstraint } from './database/pool.ts';
import { AppError, requestErrors } from './errors.ts';
import { exactJson } from './exact-json.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import type { TaskQueue } from './jobs/task-queue.ts';
import type { FileStore } from './files/file-store.ts';
import type { Outside } from './outbound/outside.ts';
import type { Rendering } from './rendering/rendering.ts';

/**
 * Who may call an operation.
 * `client`: acts on one client account, in which the caller must hold one of the roles.
 * `clients`: reads over all client accounts in which the caller holds one of the roles, or one of them if requested.
 * `user`: acts on the caller's own records. `public`: any caller.
 */
export type Access =
  | { kind: 'client'; scope: Scope; roles: readonly Role[] }
  | { kind: 'clients'; scope: Scope; roles: readonly Role[] }
  | { kind: 'user'; scope: Scope }
  | { kind: 'public' };

/** The services that operations use; created once at start. */
export interface Platform {
  database: Database;
  clock: Clock;
  log: Log;
  /** The address that users see, without a trailing slash; if not set, that of the request. */
  publicUrl?: string;
  /** Store of uploaded files. Absent for programs without files. */
  files?: FileStore;
  /** Work that continues after the response; absent where no queue exists. */
  jobs?: JobQueue;
  /** Tasks for later; absent where no queue exists. */
  tasks?: TaskQueue;
  /** Renders reports and forms off the main thread; absent for programs that render none. */
  rendering?: Rendering;
  /** Threads that read and check imported files; without them the process itself does it. */
  imports?: Rendering;
  /** Threads that read, check and write large invoices; without them the process itself does it. */
  ehf?: Rendering;
  /** Keys of encrypted columns; absent if none are configured. */
  columnKeys?: ColumnKeys | undefined;
  /** The parties whose connection is configured. */
  outside?: Partial<Outside>;
}

export interface Log {
  info(facts: object, message?: string): void;
  warn(facts: object, message?: string): void;
  error(facts: object, message?: string): void;
}

export interface AuditRecord {
  /** If it differs from that of the call: one that the operation has just created. */
  clientAccountId?: number;
  recordType: string;
  recordId?: number;
  recordIds?: number[];
  before?: object | null;
  after?: object | null;
}

/** One call: the caller, the client account, the idempotency key. */
export interface Call {
  caller: Caller | null;
  /** The client account acted on (`client`), the requested one (`clients`, null for all), null otherwise. */
  clientAccountId: number | null;
  idempotencyKey?: string | undefined;
  requestId?: string | undefined;
  /** Whether the caller has disconnected. */
  hasLeft?: (() => boolean) | undefined;
}

export interface Context<P extends Platform = Platform> {
  platform: P;
  tx: Transaction;
  caller: Caller;
  /** The one client account of a `client` operation. */
  clientAccountId: number;
  /** All client accounts that the operation may read. */
  clientAccountIds: readonly number[];
  now: Date;
  requestId: string | undefined;
  /** Every write records what it changed, in the same transaction. */
  audit: (record: AuditRecord) => void;
}

export interface Outcome<O> {
  value: O;
  /** True if the response is the stored one of an earlier request under the same idempotency key. */
  replayed: boolean;
}

export interface Operation<I, O> {
  name: string;
  access: Access;
  writes: boolean;
  call(platform: Platform, call: Call, input: I): Promise<Outcome<O>>;
}

interface ReadSpec<I, O> {
  name: string;
  access: Access;
  run(context: Context, input: I): Promise<O>;
}

interface WriteSpec<I, O> extends ReadSpec<I, O> {
  /** The response contains a secret that is shown once: it is not stored, and a repeated request is refused. */
  answerIsSecret?: boolean;
}

/** An operation that only reads, in one consistent snapshot. */
export function readOperation<I, O>(spec: ReadSpec<I, O>): Operation<I, O> {
  return {
    name: spec.name,
    access: spec.access,
    writes: false,
    async call(platform, call, input) {
      const seen = decideAccess(spec.access, call);
      const value = await platform.database.transaction({ clientAccounts: seen, mode: 'read' }, (tx) =>
        spec.run(contextOf(platform, tx, call, seen, []), input),
      );
      return { value, replayed: false };
    },
  };
}

/**
 * An operation that writes: access, idempotency, the work and its audit in one transaction, all or nothing. Its result
 * must be JSON, because it is stored for a repeated request.
 */
export function writeOperation<I, O>(spec: WriteSpec<I, O>): Operation<I, O> {
  return {
    name: spec.name,
    access: spec.access,
    writes: true,
    async call(platform, call, input) {
      const seen = decideAccess(spec.access, call);
      const opened = { clientAccounts: seen, mode: 'write', userId: call.caller?.userId } as const;
      const key = idempotencyOf(spec.name, call, input);
      const attempt = () =>
        platform.database.transaction(opened, async (tx) => {
          // Identical concurrent requests run one after the other, so that the later ones find the response of the
          // first.
          if (key) await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key.key}, ${key.userId}))`);
          const stored = key && (await storedAnswer<O>(tx, key));
          if (stored && spec.answerIsSecret) throw requestErrors.secret_shown_once();
          if (stored) return stored;
          const audits: AuditRecord[] = [];
          const value = await spec.run(contextOf(platform, tx, call, seen, audits), input);
          assert(audits.length > 0, `${spec.name} changed something without saying what`);
          await writeAudit(tx, spec.name, call, audits);
          if (key) await storeAnswer(tx, key, spec.answerIsSecret ? null : value);
          return { value, replayed: false };
        });
      try {
        return await retryCollision(attempt);
      } catch (refusal) {
        const stored = key && (await answerOfTwin<O>(platform.database, key, refusal));
        if (!stored) throw refusal;
        if (spec.answerIsSecret) throw requestErrors.secret_shown_once();
        return stored;
      }
    },
  };
}

/** The context of an operation with its own transaction: the decided access and the idempotency key. */
export interface OwnTransactionWork {
  platform: Platform;
  call: Call;
  /** 0 for an operation on the caller's own records. */
  clientAccountId: number;
  caller: Caller;
  key: IdempotencyKey | undefined;
}

interface OwnTransactionSpec<I, O> {
  name: string;
  access: Access;
  run(work: OwnTransactionWork, input: I): Promise<Outcome<O>>;
}

/**
 * An operation that opens its own transaction, on one client account or on the caller's own records (the posting
 * operation shares one among concurrent callers). It receives the decided access and the idempotency key, and must
 * write audit and response in its transaction itself.
 */
export function ownTransactionOperation<I, O>(spec: OwnTransactionSpec<I, O>): Operation<I, O> {
  return {
    name: spec.name,
    access: spec.access,
    writes: true,
    async call(platform, call, input) {
      const seen = decideAccess(spec.access, call);
      const ofUser = spec.access.kind === 'user';
      assert(call.caller && (ofUser || seen.length === 1), 'own-transaction operations act on one client account');
      const key = idempotencyOf(spec.name, call, input);
      try {
        return await spec.run({ platform, call, clientAccountId: seen[0] ?? 0, caller: call.caller, key }, input);
      } catch (refusal) {
        const stored = key && (await answerOfTwin<O>(platform.database, key, refusal));
        if (!stored) throw refusal;
        return stored;
      }
    },
  };
}

/** The context of an operation without a transaction: the decided access. */
export interface HandedOnWork {
  platform: Platform;
  call: Call;
  /** 0 for an operation on the caller's own records. */
  clientAccountId: number;
  caller: Caller;
}

interface HandedOnSpec<I, O> {
  name: string;
  access: Access;
  run(work: HandedOnWork, input: I): Promise<O>;
}

/**
 * A read-only operation without a transaction of its own: it delegates the reading to another operation, to a party, or
 * to a thread that reads for as long as its stream is read.
 */
export function handedOnOperation<I, O>(spec: HandedOnSpec<I, O>): Operation<I, O> {
  return {
    name: spec.name,
    access: spec.access,
    writes: false,
    async call(platform, call, input) {
      const seen = decideAccess(spec.access, call);
      const ofUser = spec.access.kind === 'user';
      assert(call.caller && (ofUser || seen.length === 1), 'a handed-on operation acts on one client account');
      const work = { platform, call, clientAccountId: seen[0] ?? 0, caller: call.caller };
      return { value: await spec.run(work, input), replayed: false };
    },
  };
}

/** The client accounts that a call may use. Throws 401 or 403. */
export function decideAccess(access: Access, call: Call): readonly number[] {
  if (access.kind === 'public') return [];
  const { caller, clientAccountId } = call;
  if (!caller) throw requestErrors.unauthenticated();
  if (!caller.scopes.has(access.scope)) throw requestErrors.scope_missing({ scope: access.scope });
  if (access.kind === 'user') return [];
  if (clientAccountId === null) {
    assert(access.kind === 'clients', 'a client operation was called without a client account');
    return clientAccountsWith(caller, access.roles);
  }
  const held = caller.roles.get(clientAccountId);
  if (!held) throw requestErrors.no_access();
  if (!access.roles.some((role) => held.has(role))) throw requestErrors.role_missing();
  return [clientAccountId];
}

function contextOf(
  platform: Platform,
  tx: Transaction,
  call: Call,
  seen: readonly number[],
  audits: AuditRecord[],
): Context {
  return {
    platform,
    tx,
    get caller() {
      assert(call.caller, 'a public operation has no caller');
      return call.caller;
    },
    get clientAccountId() {
      assert(seen.length === 1, 'the operation has no single client account');
      return seen[0]!;
    },
    clientAccountIds: seen,
    now: platform.clock.now(),
    requestId: call.requestId,
    audit: (record) => void audits.push(record),
  };
}

export interface IdempotencyKey {
  userId: number;
  key: string;
  operation: string;
  requestHash: Buffer;
}

function idempotencyOf(operation: string, call: Call, input: unknown): IdempotencyKey | undefined {
  if (!call.idempotencyKey || !call.caller) return undefined;
  const requestHash = createHash('sha256')
    .update(exactJson([operation, call.clientAccountId, input]))
    .digest();
  return { userId: call.caller.userId, key: call.idempotencyKey, operation, requestHash };
}

/** The stored response of a key; a key that was used for another request is a conflict. */
export async function storedAnswer<O>(tx: Transaction, key: IdempotencyKey): Promise<Outcome<O> | undefined> {
  const stored = await tx.maybe<{ request_hash: Buffer; response: { value: O } }>(
    sql`select request_hash, response from idempotency_keys where user_id = ${key.userId} and key = ${key.key}`,
  );
  if (!stored) return undefined;
  if (!key.requestHash.equals(stored.request_hash)) throw requestErrors.idempotency_conflict();
  return { value: stored.response.value, replayed: true };
}

/**
 * Of two identical requests under the same key, the second may be refused because of what the first did, such as a name
 * that is now taken: it then gets the response of the first. Undefined if the refusal stands.
 */
async function answerOfTwin<O>(
  database: Database,
  key: IdempotencyKey,
  refusal: unknown,
): Promise<Outcome<O> | undefined> {
  if (!(refusal instanceof AppError)) return undefined;
  return database.transaction({ clientAccounts: [], mode: 'read' }, (tx) => storedAnswer<O>(tx, key));
}

export async function storeAnswer(tx: Transaction, key: IdempotencyKey, value: unknown): Promise<void> {
  await tx.execute(sql`
    insert into idempotency_keys (user_id, key, operation, request_hash, response)
    values (${key.userId}, ${key.key}, ${key.operation}, ${key.requestHash}, ${JSON.stringify({ value: value ?? null })})`);
}

export async function writeAudit(
  tx: Transaction,
  operation: string,
  call: Call,
  audits: readonly AuditRecord[],
): Promise<void> {
  await writeAudits(
    tx,
    operation,
    audits.map((audit) => ({ call, audit })),
  );
}

/** The records of several calls. */
export async function writeAudits(
  tx: Transaction,
  operation: string,
  audits: readonly { call: Call; audit: AuditRecord }[],
): Promise<void> {
  if (audits.length === 0) return;
  const json = (value: object | null | undefined) => (value ? JSON.stringify(value) : null);
  await tx.prepared(
    'write-audits',
    sql`
      insert into audit_log (client_account_id, user_id, operation, record_type, record_id, record_ids, before, after, request_id)
      select a.owner, a.caller, ${operation}, a.record_type, a.record_id, a.record_ids::bigint[], a.before::jsonb, a.after::jsonb, a.request
      from unnest(${numberArray(audits.map(({ call, audit }) => audit.clientAccountId ?? call.clientAccountId ?? 0))}::bigint[],
        ${numberArray(audits.map(({ call }) => call.caller?.userId ?? null))}::bigint[],
        ${textArray(audits.map(({ audit }) => audit.recordType))}::text[],
        ${numberArray(audits.map(({ audit }) => audit.recordId ?? null))}::bigint[],
        ${textArray(audits.map(({ audit }) => (audit.recordIds ? numberArray(audit.recordIds) : null)))}::text[],
        ${textArray(audits.map(({ audit }) => json(audit.before)))}::text[],
        ${textArray(audits.map(({ audit }) => json(audit.after)))}::text[],
        ${textArray(audits.map(({ call }) => call.requestId ?? null))}::text[])
        as a (owner, caller, record_type, record_id, record_ids, before, after, request)`,
  );
}

/** Two concurrent requests with one key, a deadlock, a serialization failure: the work runs again. */
export async function retryCollision<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const state = sqlState(error);
      const again = state === '40001' || state === '40P01' || violatedConstraint(error) === 'idempotency_keys_pkey';
      if (!again || tries === 3) throw error;
    }
  }
}
