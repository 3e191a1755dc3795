import pg from 'pg';
import sql from 'sql-template-tag';
import { systemClock } from '../../src/kernel/clock.ts';
import { type EntryInput, postEntries, postEntry, takeIds } from '../../src/ledger/index.ts';
import { type Caller, SCOPES } from '../../src/platform/caller.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { Database } from '../../src/platform/database/pool.ts';
import type { Platform } from '../../src/platform/operation.ts';
import { callerOfUser, createAccessToken, createClientAccount, createUser } from '../../src/tenancy/index.ts';
import { closedLoop, seededRandom, type Side } from './rounds.ts';
import { type BenchServer, walBytesOf } from './server.ts';

/** Hovedbok's own database of a run: a bookkeeper with client accounts and customers to post sales on. */
export interface ClientBooks {
  platform: Platform;
  caller: Caller;
  token: string;
  owner: pg.Client;
  clients: Client[];
  close(): Promise<void>;
}

export interface Client {
  id: number;
  customers: number[];
}

const CUSTOMERS = 20;
const silent = { info() {}, warn() {}, error() {} };

export async function openClientBooks(
  server: BenchServer,
  load: { connections: number; clientAccounts: number },
): Promise<ClientBooks> {
  const connection = await server.createDatabase('books');
  await migrate(connection);
  const owner = new pg.Client(connection);
  await owner.connect();
  owner.on('error', () => {});
  const database = new Database({ ...connection, max: load.connections });
  const platform: Platform = { database, clock: systemClock, log: silent };
  const { userId, token } = await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
    const id = await createUser(tx, { email: 'kari@example.test', firstName: 'Kari', lastName: 'Nordmann' });
    return { userId: id, token: (await createAccessToken(tx, { userId: id, name: 'bench' })).token };
  });
  const clients: Client[] = [];
  for (let i = 0; i < load.clientAccounts; i++) clients.push(await openClient(database, userId, i));
  const caller = (await callerOfUser(database, userId, SCOPES, systemClock.now()))!;
  const books = {
    platform,
    caller,
    token,
    owner,
    clients,
    async close() {
      await database.close();
      await owner.end();
    },
  };
  // Rows that a client account gets at first use (accounts, dimension sets of its customers) are made before.
  const random = seededRandom(1);
  for (const client of clients) {
    const entries = client.customers.map((customer) => sale(customer, random));
    await postEntries.call(platform, callOf(books, client), { entries, mode: 'all', language: 'nb' });
  }
  return books;
}

async function openClient(database: Database, userId: number, n: number): Promise<Client> {
  const id = await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    createClientAccount(tx, { displayName: `Kunde ${n} AS`, uniqueName: `bench-${n}`, createdById: userId }),
  );
  const customers = await database.transaction({ clientAccounts: [id], mode: 'write' }, async (tx) => {
    const first = await takeIds(tx, id, CUSTOMERS);
    await tx.execute(sql`
      insert into business_partners (client_account_id, id, sequence_number, name, is_customer)
      select ${id}, ${first}::bigint + n, n + 1, 'Kunde ' || n, true from generate_series(0, ${CUSTOMERS} - 1) n`);
    return Array.from({ length: CUSTOMERS }, (_, i) => first + i);
  });
  return { id, customers };
}

/** A sale on credit: the customer's claim, the income with its VAT code, and the VAT line that is computed. */
export function sale(customer: number, random: () => number): EntryInput {
  const net = 4n * BigInt(1 + Math.floor(random() * 1_000_000));
  const date = `2026-${String(1 + Math.floor(random() * 12)).padStart(2, '0')}-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`;
  return {
    entry_date: date,
    memo: 'Salg av varer',
    lines: [
      { account_code: '1500', debit: kroner(net + net / 4n), business_partner_id: customer, due_date: date },
      { account_code: '3000', credit: kroner(net), tax_code: '3' },
    ],
  };
}

function kroner(ore: bigint): string {
  return `${ore / 100n}.${String(ore % 100n).padStart(2, '0')}`;
}

function callOf(books: Pick<ClientBooks, 'caller'>, client: Client) {
  return { caller: books.caller, clientAccountId: client.id, requestId: 'bench' };
}

/** The posting operation as a route calls it: access decided, checks, number, lines, balances, audit, commit. */
export function postingSingle(books: ClientBooks, clients: readonly Client[], callers: number): Side {
  const random = seededRandom(2);
  return posting(books, callers, 1, async () => {
    const client = pick(clients, random);
    const entry = sale(pick(client.customers, random), random);
    await postEntry.call(books.platform, callOf(books, client), { entry });
  });
}

/** Bulk posting, all or nothing, `size` entries a request. */
export function postingBulk(books: ClientBooks, clients: readonly Client[], callers: number, size: number): Side {
  const random = seededRandom(3);
  return posting(books, callers, size, async () => {
    const client = pick(clients, random);
    const entries = Array.from({ length: size }, () => sale(pick(client.customers, random), random));
    await postEntries.call(books.platform, callOf(books, client), { entries, mode: 'all', language: 'nb' });
  });
}

function posting(books: ClientBooks, callers: number, size: number, once: () => Promise<void>): Side {
  return async (milliseconds) => {
    const { value, bytes } = await walBytesOf(books.owner, () => closedLoop(callers, milliseconds, once));
    return { rate: (value.count * size) / value.seconds, walBytes: bytes / (value.count * size) };
  };
}

export function pick<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)]!;
}
