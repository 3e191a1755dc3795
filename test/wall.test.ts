import pg from 'pg';
import sql, { raw } from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testOwnerConnection } from './support/database/database.ts';
import { asOwner, People } from './support/books/people.ts';

/**
 * Tables of client accounts without row level security by client account, because the caller's access is determined from
 * them, or because they belong to a person rather than to a client account.
 */
const BEFORE_THE_WALL = ['client_account_users', 'contracts', 'jobs'];

/** Tables that the role for finding pending work reads of all client accounts, for the one function that runs under it. */
const READ_BY_UPKEEP = ['balance_delta_batches', 'chain_blocks', 'client_account_heads', 'vat_folds'];

/** Tables that the application may never change once written (bokføringsloven § 9), and never delete from. */
const WRITTEN_ONCE = [
  'journal_entries',
  'journal_entry_lines',
  'chain_blocks',
  'audit_log',
  'earlier_records',
  'period_locks',
  'dimension_sets',
  'dimension_set_members',
];

const people = new People();
let tables: string[];
let walled: string[];
beforeAll(async () => {
  const { rows } = await asOwner(`
    select c.relname as name
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'client_account_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`);
  tables = rows.map(({ name }) => name as string);
  walled = tables.filter((name) => !BEFORE_THE_WALL.includes(name));
});
afterAll(() => people.close());

const inTransaction = <T>(
  clientAccounts: number[],
  work: Parameters<typeof people.platform.database.transaction<T>>[1],
) => people.platform.database.transaction({ clientAccounts, mode: 'write' }, work);

/** A connection under the application's role without any settings. */
async function bare<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...testOwnerConnection(), options: '-c role=hovedbok_app' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('the catalogue', () => {
  it('every table with a client account stands behind the wall, with this one policy for the application', async () => {
    const { rows } = await asOwner(
      `
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as enabled, count(p.polname)::int as policies,
        bool_and(p.polcmd = '*' and p.polpermissive
          and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
          and pg_get_expr(p.polqual, p.polrelid) ~ 'client_account_id = ANY .*app\\.client_accounts') as whole
      from pg_class c left join pg_policy p on p.polrelid = c.oid
        and p.polroles && array[0::oid, 'hovedbok_app'::regrole] and p.polname <> 'upkeep_reads'
      where c.relnamespace = 'public'::regnamespace and c.relname = any ($1)
      group by 1, 2 order by 1`,
      [tables],
    );
    expect(rows.filter(({ name }) => walled.includes(name))).toEqual(
      walled.map((name) => ({ name, enabled: true, policies: 1, whole: true })),
    );
    expect(tables.filter((name) => !walled.includes(name))).toEqual(BEFORE_THE_WALL);
    expect(walled.length).toBeGreaterThan(20);
  });

  it('the owner sees rows only where it says that it works as such', async () => {
    const { rows } = await asOwner(
      `
      select c.relname as name from pg_class c left join pg_policy p on p.polrelid = c.oid
        and p.polroles = array[c.relowner] and pg_get_expr(p.polqual, p.polrelid) ~ 'hovedbok.owner_works'
        and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
      where c.relnamespace = 'public'::regnamespace and c.relname = any ($1) and p.oid is null`,
      [walled],
    );
    expect(rows).toEqual([]);
  });

  it('one role reads some tables of all client accounts, and only a function that returns their ids runs under it', async () => {
    const { rows } = await asOwner(`
      select c.relname as name, p.polcmd as command, p.polroles = array['hovedbok_upkeep'::regrole::oid] as alone
      from pg_policy p join pg_class c on c.oid = p.polrelid where p.polname = 'upkeep_reads' order by 1`);
    expect(rows).toEqual(READ_BY_UPKEEP.map((name) => ({ name, command: 'r', alone: true })));
    const role = await asOwner(`
      select r.rolsuper or r.rolbypassrls or r.rolcanlogin or r.rolcreaterole as special,
        has_schema_privilege(r.oid, 'public', 'create') as creates,
        pg_has_role('hovedbok_app', r.oid, 'member') as reached,
        (select array_agg(proname::text || ' ' || prosecdef) from pg_proc where proowner = r.oid) as functions
      from pg_roles r where rolname = 'hovedbok_upkeep'`);
    expect(role.rows).toEqual([
      { special: false, creates: false, reached: false, functions: ['client_accounts_to_fold true'] },
    ]);
  });

  it('client tables begin with the client account, and so do their keys', async () => {
    const { rows } = await asOwner(
      `
      select c.relname as name from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'client_account_id'
      -- A key with a column that may be null is a unique constraint to which nulls are alike.
      left join pg_index i on i.indrelid = c.oid and (i.indisprimary or (i.indisunique and i.indnullsnotdistinct))
      where c.relnamespace = 'public'::regnamespace and c.relname = any ($1)
        and (a.attnum <> 1 or i.indkey[0] is distinct from a.attnum)`,
      [walled],
    );
    expect(rows).toEqual([]);
  });

  it('every table has a primary key, so that a replica can name its rows', async () => {
    const { rows } = await asOwner(`
      select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and c.relkind in ('r', 'p')
        and c.relpersistence = 'p' and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`);
    expect(rows).toEqual([]);
  });

  it('the application’s role owns nothing, is nobody special and makes nothing', async () => {
    const { rows } = await asOwner(`
      select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolcanlogin or rolreplication as special,
        (select count(*) from pg_shdepend d where d.refobjid = r.oid and d.deptype = 'o')::int as owned,
        (select count(*) from pg_auth_members m where m.member = r.oid)::int as memberships,
        has_schema_privilege(r.oid, 'public', 'create') as creates
      from pg_roles r where rolname = 'hovedbok_app'`);
    expect(rows).toEqual([{ special: false, owned: 0, memberships: 0, creates: false }]);
  });

  it('no table may be truncated, none written that is written once', async () => {
    const { rows } = await asOwner(
      `
      select c.relname as name, p as right
      from pg_class c, unnest(array['update', 'delete', 'truncate', 'trigger', 'references']) p
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and (p in ('truncate', 'trigger', 'references') or c.relname = any ($1))
        and (has_table_privilege('hovedbok_app', c.oid, p)
          or (p = 'update' and has_any_column_privilege('hovedbok_app', c.oid, p)))`,
      [WRITTEN_ONCE],
    );
    expect(rows).toEqual([]);
  });

  it('what runs with the owner’s rights is known, and cannot be led astray by a search path', async () => {
    const { rows } = await asOwner(`
      select proname as name, proconfig @> array['search_path=public, pg_temp'] as fixed,
        has_function_privilege('public', oid, 'execute') as is_public
      from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by 1`);
    expect(rows).toEqual([
      { name: 'add_task', fixed: true, is_public: false },
      { name: 'check_entry_references', fixed: true, is_public: false },
      { name: 'check_line_references', fixed: true, is_public: false },
      { name: 'check_mandate_agreements', fixed: true, is_public: false },
      { name: 'check_no_entry_refers', fixed: true, is_public: false },
      { name: 'check_no_mandate_refers', fixed: true, is_public: false },
      { name: 'client_account_of_system_user', fixed: true, is_public: false },
      { name: 'client_accounts_to_fold', fixed: true, is_public: false },
      { name: 'client_accounts_with_new_events', fixed: true, is_public: false },
      { name: 'counter_entry_not_before', fixed: true, is_public: false },
      { name: 'job_tells', fixed: true, is_public: false },
      { name: 'mail_tells_delivery', fixed: true, is_public: false },
      { name: 'remove_client_account', fixed: true, is_public: false },
      { name: 'remove_old_events', fixed: true, is_public: false },
      { name: 'reset_client_account', fixed: true, is_public: false },
      { name: 'system_users_due', fixed: true, is_public: false },
      { name: 'webhooks_due', fixed: true, is_public: false },
      { name: 'webhooks_sealed_otherwise', fixed: true, is_public: false },
    ]);
  });
});

/**
 * Readable without restriction, written only by a transaction that was opened for the row's client account, user or work.
 */
const WRITE_WALLED = [
  'access_tokens',
  'bank_mailbox_files',
  'bank_mailboxes',
  'client_account_users',
  'client_accounts',
  'contracts',
  'id_porten_logins',
  'id_porten_persons',
  'id_porten_revocations',
  'id_porten_sessions',
  'oauth_clients',
  'oauth_records',
  'organizations',
  'sessions',
  'throttles',
  'users',
];

/** Written by the platform for many callers in one transaction; no operation writes them by a request's numbers. */
const OF_THE_PLATFORM = [
  'earlier_organizations',
  'idempotency_keys',
  'job_uploads',
  'jobs',
  'mail_attachments',
  'mail_outbox',
];

describe('tables that no client account owns alone', () => {
  it('stand behind the wall for writes, also for their owner', async () => {
    const { rows } = await asOwner(
      `
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
        array_agg(p.polcmd::text order by p.polcmd::text) as commands,
        bool_and(p.polcmd in ('r', 'a') or pg_get_expr(p.polqual, p.polrelid) ~ 'app\\.(client_accounts|user_id|work)') as walled,
        bool_and(p.polcmd <> 'w' or pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)) as whole
      from pg_class c left join pg_policy p on p.polrelid = c.oid and p.polname <> 'owner_works'
      where c.relnamespace = 'public'::regnamespace and c.relname = any ($1)
      group by 1, 2 order by 1`,
      [WRITE_WALLED],
    );
    expect(rows).toEqual(
      WRITE_WALLED.map((name) => ({ name, forced: true, commands: ['a', 'd', 'r', 'w'], walled: true, whole: true })),
    );
  });

  it('are all there is beside the client tables: nothing else may be written', async () => {
    const { rows } = await asOwner(`
      select c.relname as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and not exists (select from pg_policy p where p.polrelid = c.oid)
        and (has_table_privilege('hovedbok_app', c.oid, 'insert') or has_table_privilege('hovedbok_app', c.oid, 'update')
          or has_table_privilege('hovedbok_app', c.oid, 'delete'))
      order by 1`);
    expect(rows.map(({ name }) => name)).toEqual(OF_THE_PLATFORM);
  });

  const STATEMENTS: [table: string, change: string][] = [
    ['users', 'update users set first_name = first_name'],
    ['client_accounts', 'update client_accounts set display_name = display_name'],
    ['client_account_users', 'update client_account_users set role_id = role_id'],
    ['client_account_users', 'delete from client_account_users'],
    ['contracts', 'update contracts set version = version'],
    ['contracts', 'delete from contracts'],
    ['organizations', 'update organizations set name = name'],
    ['sessions', 'delete from sessions'],
    ['access_tokens', 'update access_tokens set name = name'],
    ['access_tokens', 'delete from access_tokens'],
    ['oauth_clients', 'delete from oauth_clients'],
    ['oauth_records', 'delete from oauth_records'],
    ['throttles', 'delete from throttles'],
  ];

  it.each(STATEMENTS)('%s: a transaction opened for nobody changes no row (%s)', async (_, change) => {
    const { id } = await people.user();
    const firm = await people.clientAccount(id, { isProvider: true, organizationNumber: '923609016' });
    await people.contract(await people.clientAccount(id), firm);
    await people.token(id);
    expect(await inTransaction([], (tx) => tx.execute(sql`${raw(change)}`))).toBe(0);
  });

  it('a statement over everything reaches the rows of the caller and its client account, and no others', async () => {
    const [mine, theirs] = [await people.user(), await people.user()];
    const [own, other] = [await people.clientAccount(mine.id), await people.clientAccount(theirs.id)];
    await people.token(mine.id);
    await people.token(theirs.id);
    const opened = { clientAccounts: [own], userId: mine.id, mode: 'write' } as const;
    const reached = await people.platform.database.transaction(opened, async (tx) => ({
      users: await tx.rows(sql`update users set first_name = first_name returning id`),
      accounts: await tx.rows(sql`update client_accounts set display_name = display_name returning id`),
      members: await tx.rows(sql`update client_account_users set role_id = role_id returning client_account_id as id`),
      tokens: await tx.rows(sql`update access_tokens set name = name returning user_id as id`),
    }));
    expect(reached).toEqual({
      users: [{ id: mine.id }],
      accounts: [{ id: own }],
      members: [{ id: own }],
      tokens: [{ id: mine.id }],
    });
    for (const statement of [
      sql`insert into client_account_users (client_account_id, user_id, role_id) values (${other}, ${mine.id}, 3)`,
      sql`insert into access_tokens (user_id, name, token_hash, scopes) values (${theirs.id}, 'x', 'x', '{}')`,
      sql`insert into sessions (user_id, token_hash, expires_at) values (${theirs.id}, 'x', now())`,
      sql`update client_account_users set client_account_id = ${other}`,
      sql`update access_tokens set user_id = ${theirs.id}`,
      sql`delete from users`,
      sql`delete from client_accounts`,
      sql`update idempotency_keys set key = key`,
    ])
      await expect(people.platform.database.transaction(opened, (tx) => tx.execute(statement))).rejects.toMatchObject({
        code: '42501',
      });
  });
});

describe('the application’s role', { timeout: 240_000 }, () => {
  let own: number;
  let other: number;
  beforeAll(async () => {
    const { id } = await people.user();
    own = await people.clientAccount(id);
    other = await people.clientAccount(id);
    for (const account of [own, other]) await fill(account);
  });

  it('without a setting gets an error from every table, not an empty answer', async () => {
    await bare(async (client) => {
      for (const table of walled) {
        const answer = await client.query(`select count(*) from ${table}`).catch((error: unknown) => error);
        // The plan for a table without rows may never evaluate the setting.
        const { rows } = await asOwner(`select exists (select from ${table}) as any`);
        const seen = answer instanceof Error && 'code' in answer ? answer.code : rows[0].any;
        expect([table, seen]).toEqual([table, expect.toBeOneOf(['42704', false])]);
      }
    });
  });

  it('sees no row of another client account in any table, and its own in each that has some', async () => {
    const filled: string[] = [];
    for (const table of walled) {
      const counts = await inTransaction([own], (tx) =>
        tx.one<{ mine: number; theirs: number }>(sql`
          select count(*) filter (where client_account_id = ${own}) as mine,
            count(*) filter (where client_account_id not in (0, ${own})) as theirs
          from ${raw(table)}`),
      );
      const { rows } = await asOwner(`select count(*)::int as n from ${table} where client_account_id = $1`, [own]);
      expect([table, counts]).toEqual([table, { mine: rows[0].n, theirs: 0 }]);
      if (counts.mine > 0) filled.push(table);
    }
    expect(filled).toEqual(
      expect.arrayContaining(['tax_codes', 'client_account_settings', 'journal_entries', 'journal_entry_lines']),
    );
  });

  it.each([
    [
      'inserts',
      (id: number) =>
        sql`insert into client_account_settings (client_account_id, id, active_from) values (${id}, ${id * 2 ** 31 + 900_000}, '2020-01-01')`,
    ],
    ['moves a row', (id: number) => sql`update client_account_settings set client_account_id = ${id}`],
  ])('%s into no other client account', async (_, statement) => {
    await expect(inTransaction([own], (tx) => tx.execute(statement(other)))).rejects.toMatchObject({ code: '42501' });
  });

  it('changes and deletes nothing of another client account', async () => {
    const changed = await inTransaction([own], async (tx) => [
      await tx.execute(sql`update client_account_settings set plan = 'X' where client_account_id = ${other}`),
      await tx.execute(sql`delete from client_account_settings where client_account_id = ${other}`),
    ]);
    expect(changed).toEqual([0, 0]);
  });

  it.each(WRITTEN_ONCE)('neither updates nor deletes its own rows of %s', async (table) => {
    for (const statement of [
      sql`update ${raw(table)} set client_account_id = client_account_id where client_account_id = ${own}`,
      sql`delete from ${raw(table)} where client_account_id = ${own}`,
    ])
      await expect(inTransaction([own], (tx) => tx.execute(statement))).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    'alter table journal_entries disable row level security',
    'drop policy client_wall on journal_entries',
    'create table x (y int)',
    "select wall('users'::regclass)",
    'alter role hovedbok_app bypassrls',
  ])('cannot take down the wall: %s', async (statement) => {
    await expect(inTransaction([own], (tx) => tx.execute(sql`${raw(statement)}`))).rejects.toMatchObject({
      code: '42501',
    });
  });

  async function fill(account: number): Promise<void> {
    const id = account * 2 ** 31 + 800_000;
    const code = await asOwner('select account_code from gl_accounts order by 1 limit 1');
    const accountCode = code.rows[0].account_code as string;
    await asOwner(
      `insert into client_gl_accounts (client_account_id, account_code, id, is_own) values ($1, $2, $3, false)
       on conflict do nothing`,
      [account, accountCode, id],
    );
    await asOwner(
      `insert into journal_entries (client_account_id, id, posting_no, series, fiscal_year, sequence_number, entry_date,
         period, source, debit_total, credit_total, line_count, created_by_id)
       values ($1, $2, 1, 'GL', 2025, 1, '2025-06-01', 6, 'test', 0, 0, 1, 1)`,
      [account, id],
    );
    await asOwner(
      `insert into journal_entry_lines (client_account_id, entry_id, line_no, account_code, entry_date, debit, credit)
       values ($1, $2, 1, $3, '2025-06-01', 0, 0)`,
      [account, id, accountCode],
    );
  }
});
