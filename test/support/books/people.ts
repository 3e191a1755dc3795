import { randomBytes } from 'node:crypto';
import pg from 'pg';
import sql from 'sql-template-tag';
import type { Clock } from '../../../src/kernel/clock.ts';
import type { Role, Scope } from '../../../src/platform/caller.ts';
import { Database, type Transaction } from '../../../src/platform/database/pool.ts';
import type { Platform } from '../../../src/platform/operation.ts';
import {
  createAccessToken,
  createClientAccount,
  createUser,
  type NewClientAccount,
} from '../../../src/tenancy/index.ts';
import { testOwnerConnection } from '../database/database.ts';

/** People, their client accounts and contracts on the run's database; every test makes its own. */
export class People {
  readonly platform: Platform;

  constructor(clock: Clock = { now: () => new Date() }) {
    const database = new Database({ ...testOwnerConnection(), max: 4 });
    this.platform = { database, clock, log: { info() {}, warn() {}, error() {} } };
  }

  #write<T>(work: (tx: Transaction) => Promise<T>, clientAccounts: number[] = []): Promise<T> {
    return this.platform.database.transaction({ clientAccounts, mode: 'write' }, work);
  }

  async user(email = `${randomBytes(8).toString('hex')}@example.test`, password?: string) {
    const id = await this.#write((tx) => createUser(tx, { email, firstName: 'Kari', lastName: 'Nordmann', password }));
    return { id, email };
  }

  async token(userId: number, scopes?: readonly Scope[], expiresAt?: Date): Promise<string> {
    return (await this.#write((tx) => createAccessToken(tx, { userId, name: 'test', scopes, expiresAt }))).token;
  }

  clientAccount(createdById: number, more: Partial<NewClientAccount> = {}): Promise<number> {
    return this.#write((tx) => createClientAccount(tx, { displayName: 'Prøve AS', createdById, ...more }));
  }

  /** Assigns a role directly, or removes it with null. */
  async role(clientAccountId: number, userId: number, role: Role | null): Promise<void> {
    await this.#write(
      async (tx) => {
        await tx.execute(sql`
        delete from client_account_users where client_account_id = ${clientAccountId} and user_id = ${userId}`);
        if (role)
          await tx.execute(sql`
          insert into client_account_users (client_account_id, user_id, role_id)
          values (${clientAccountId}, ${userId}, (select id from roles where code = ${role}))`);
      },
      [clientAccountId],
    );
  }

  async contract(
    clientAccountId: number,
    providerId: number,
    status: 'PENDING' | 'APPROVED' | 'REJECTED' = 'APPROVED',
    from: string | null = null,
    to: string | null = null,
  ): Promise<number> {
    const { id } = await this.#write(
      (tx) =>
        tx.one<{ id: number }>(sql`
        insert into contracts (client_account_id, provider_client_account_id, provider_type, approval_status, start_date, end_date)
        select ${clientAccountId}, id, provider_type, ${status}, ${from}, ${to} from client_accounts where id = ${providerId}
        returning id`),
      [clientAccountId],
    );
    return id;
  }

  async close(): Promise<void> {
    await this.platform.database.close();
  }
}

/** Whether the owner of the tables bypasses row level security, grants and references: not so on an external server. */
export async function ownerIsSuperuser(): Promise<boolean> {
  const { rows } = await asOwner('select rolsuper from pg_roles where rolname = current_user');
  return (rows[0] as { rolsuper: boolean }).rolsuper;
}

/**
 * A statement as the owner of the schema, who bypasses row level security: for actions that the application cannot do.
 * `work`: the named work whose rows it reads of tables that also apply row level security to an owner who is no superuser.
 */
export async function asOwner(text: string, values: unknown[] = [], work = ''): Promise<pg.QueryResult> {
  const client = new pg.Client(testOwnerConnection());
  await client.connect();
  try {
    await client.query(`select set_config('app.work', $1, false)`, [work]);
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}
