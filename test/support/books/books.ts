import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import sql from 'sql-template-tag';
import { afterAll } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { type Clock, fixedClock } from '../../../src/kernel/clock.ts';
import type { EntryInput, LineInput } from '../../../src/ledger/entries/entry-input.ts';
import type { EntryView } from '../../../src/ledger/entries/entry-view.ts';
import { postEntry } from '../../../src/ledger/index.ts';
import { type Caller, SCOPES } from '../../../src/platform/caller.ts';
import { readConfig } from '../../../src/platform/config.ts';
import { Database } from '../../../src/platform/database/pool.ts';
import type { Call, Operation, Platform } from '../../../src/platform/operation.ts';
import {
  callerOfUser,
  createAccessToken,
  createClientAccount,
  createUser,
  forgetCallers,
} from '../../../src/tenancy/index.ts';
import { testOwnerConnection } from '../database/database.ts';
import { testRendering } from '../server/rendering.ts';

let shared: Database | undefined;

/** The run's database under the application's role. */
export function testDatabase(): Database {
  shared ??= new Database({ ...testOwnerConnection(), max: 12 });
  return shared;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

export function testPlatform(clock: Clock = fixedClock('2026-03-15T10:00:00Z')): Platform {
  return { database: testDatabase(), clock, log: silent, rendering: testRendering() };
}

/** A separate client account for a test, with an owner (CA) who has full access, and short functions for its work. */
export interface Books {
  platform: Platform;
  clientAccountId: number;
  userId: number;
  email: string;
  caller: Caller;
  /** Personal access token of the owner with every scope. */
  token: string;
  call(overrides?: Partial<Call>): Call;
  run<I, O>(operation: Operation<I, O>, input: I, overrides?: Partial<Call>): Promise<O>;
  post(entryDate: string, lines: LineInput[], more?: Partial<EntryInput>): Promise<EntryView>;
}

export async function openBooks(
  options: { clock?: Clock; name?: string; organizationNumber?: string; password?: string } = {},
): Promise<Books> {
  const platform = testPlatform(options.clock);
  const { database } = platform;
  const made = await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
    const email = `${randomUUID()}@test.example`;
    const userId = await createUser(tx, {
      email,
      password: options.password,
      firstName: 'Kari',
      lastName: 'Nordmann',
    });
    const clientAccountId = await createClientAccount(tx, {
      displayName: options.name ?? 'Testselskap AS',
      uniqueName: `test-${randomUUID()}`,
      createdById: userId,
      ...(options.organizationNumber ? { organizationNumber: options.organizationNumber } : {}),
    });
    const { token } = await createAccessToken(tx, { userId, name: 'test', scopes: [...SCOPES] });
    return { userId, email, clientAccountId, token };
  });
  forgetCallers(database);
  const caller = (await callerOfUser(database, made.userId, SCOPES, platform.clock.now()))!;
  const call = (overrides: Partial<Call> = {}): Call => ({
    caller,
    clientAccountId: made.clientAccountId,
    ...overrides,
  });
  const run = async <I, O>(operation: Operation<I, O>, input: I, overrides?: Partial<Call>): Promise<O> =>
    (await operation.call(platform, call(overrides), input)).value;
  return {
    platform,
    ...made,
    caller,
    call,
    run,
    post: (entryDate, lines, more = {}) => run(postEntry, { entry: { entry_date: entryDate, lines, ...more } }),
  };
}

/** `debit('1920', 100)`, `credit('3000', 80, { tax_code: '3' })`: lines as a bookkeeper writes them. */
export function debit(accountCode: string, amount: number | string, more: Partial<LineInput> = {}): LineInput {
  return { account_code: accountCode, debit: amount, ...more };
}

export function credit(accountCode: string, amount: number | string, more: Partial<LineInput> = {}): LineInput {
  return { account_code: accountCode, credit: amount, ...more };
}

/** A business partner, made directly. */
export async function addPartner(books: Books, name = 'Kunde AS'): Promise<number> {
  const { takeIds } = await import('../../../src/ledger/index.ts');
  return books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, async (tx) => {
    const id = await takeIds(tx, books.clientAccountId);
    await tx.execute(sql`
      insert into business_partners (client_account_id, id, sequence_number, name)
      values (${books.clientAccountId}, ${id}, ${id % 2 ** 31}, ${name})`);
    return id;
  });
}

/** A value of a dimension (department, project, asset), made directly. */
export async function addDimensionValue(books: Books, type: string, name = type): Promise<number> {
  const { takeIds } = await import('../../../src/ledger/index.ts');
  return books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, async (tx) => {
    const id = await takeIds(tx, books.clientAccountId);
    await tx.execute(sql`
      insert into dimension_values (client_account_id, dimension_type, id, sequence_number, name)
      values (${books.clientAccountId}, ${type}, ${id}, ${id % 2 ** 31}, ${name})`);
    return id;
  });
}

/** The whole server, as it runs, for requests through `inject`. Closed at the end of the test file. */
export async function testServer(platform: Platform = testPlatform()): Promise<FastifyInstance> {
  const app = await createApp({ platform, config: readConfig({ HOVEDBOK_TEST: '1' }), validateAnswers: true });
  afterAll(() => app.server.close());
  return app.server;
}
