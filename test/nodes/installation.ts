import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { SCOPES } from '../../src/platform/caller.ts';
import { Database } from '../../src/platform/database/pool.ts';
import { createAccessToken, createUser } from '../../src/tenancy/index.ts';
import { testOwnerConnection } from '../support/database/database.ts';
import { dropDatabase } from '../support/database/drop-database.ts';
import type { OwnerConnection } from '../support/database/global-setup.ts';
import { HttpClient } from './http-client.ts';
import { NodeProcess, runCommand } from './node-process.ts';

/** The smallest pool for this many workers. */
export const smallestPool = (workers: number) => ({
  DATABASE_POOL_SIZE: String(4 + workers),
  WORKERS: String(workers),
});

/** Several processes on one database that nothing else uses. */
export class Installation {
  readonly databaseUrl: string;
  readonly #name: string;
  readonly #env: Record<string, string>;
  readonly #processes: NodeProcess[] = [];
  readonly owner: pg.Pool;

  private constructor(databaseUrl: string, name: string, env: Record<string, string>) {
    this.databaseUrl = databaseUrl;
    this.#name = name;
    this.#env = { DATABASE_URL: databaseUrl, RENDERING_THREADS: '1', ...env };
    this.owner = new pg.Pool({ ...this.connection, max: 2 });
    this.owner.on('error', () => {});
  }

  get connection() {
    return { connectionString: this.databaseUrl, options: '-c hovedbok.owner_works=on' };
  }

  /** `env`: settings of every process. */
  static async open(env: Record<string, string>): Promise<Installation> {
    const name = `hovedbok_nodes_${randomBytes(6).toString('hex')}`;
    await onMaintenance(`create database ${name} encoding 'UTF8' locale 'C' template template0`);
    return new Installation(urlOf(name), name, env);
  }

  async start(command: 'serve' | 'worker', workers: number): Promise<NodeProcess> {
    const started = await NodeProcess.start(command, { ...this.#env, ...smallestPool(workers) });
    this.#processes.push(started);
    return started;
  }

  async newPerson(node: NodeProcess) {
    const { token, ...person } = await newPerson(this.connection);
    return { ...person, client: new HttpClient(node.address, { token }) };
  }

  async rows<R extends object>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.owner.query<R>(text, values)).rows;
  }

  /** `hovedbok verify` of every client account. */
  verify(): Promise<{ code: number; text: string }> {
    return runCommand(['verify'], { DATABASE_URL: this.databaseUrl });
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.kill()));
    await this.owner.end();
    await dropDatabase(onMaintenance, this.#name);
  }
}

/** Creates a user with a password and a token with all scopes. */
export async function newPerson(connection: OwnerConnection) {
  const email = `${randomBytes(8).toString('hex')}@example.test`;
  const password = 'riktig hest batteri';
  const database = new Database({ ...connection, max: 2 });
  try {
    const token = await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
      const userId = await createUser(tx, { email, firstName: 'Kari', lastName: 'Nordmann', password });
      return (await createAccessToken(tx, { userId, name: 'test', scopes: [...SCOPES] })).token;
    });
    return { email, password, token };
  } finally {
    await database.close();
  }
}

function urlOf(name: string): string {
  const { connectionString, host, user } = testOwnerConnection();
  if (connectionString === undefined) return `postgres://${user}@localhost/${name}?host=${encodeURIComponent(host!)}`;
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.href;
}

async function onMaintenance(statement: string): Promise<void> {
  const client = new pg.Client(testOwnerConnection());
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
