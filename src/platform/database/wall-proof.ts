import type pg from 'pg';

/** The role of every connection; it owns nothing and is bound by row level security. */
export const APPLICATION_ROLE = 'hovedbok_app';

/** Row level security does not bind the connection; nothing was done on it. */
export class WallNotProven extends Error {
  override name = 'WallNotProven';
}

interface SessionLimits {
  connectionSeconds: number;
  lockSeconds: number;
  statementSeconds: number;
  idleSeconds: number;
}

interface Proof {
  current_role: string;
  session_role: string;
  /** Superuser, or exempt from row level security. */
  above: boolean;
  row_security: string;
  triggers: string;
  /** Tables with row level security: their number, and those where it does not bind this connection. */
  walled: number;
  open: string[] | null;
}

const PROOF = `
select current_user::text as current_role, session_user::text as session_role, r.rolsuper or r.rolbypassrls as above,
  current_setting('row_security') as row_security, current_setting('session_replication_role') as triggers, w.walled, w.open
from pg_roles r, (
  select count(*)::int as walled,
    array_agg(c.relname::text order by c.relname) filter (where not (row_security_active(c.oid) and c.relforcerowsecurity)) as open
  from pg_policy p join pg_class c on c.oid = p.polrelid
  where p.polname = 'client_wall' and c.relnamespace = 'public'::regnamespace) w
where r.rolname = current_user`;

/** A row of the books that is visible although the connection has no client account set. */
const LEAK = `select 1 from client_account_heads limit 1`;

/**
 * Sets up a new connection and proves, before its first use, that row level security binds it. Uses statements: some
 * poolers drop start-up options, and options in the connection's address override ours.
 */
export async function proveWall(client: pg.ClientBase, limits: SessionLimits): Promise<void> {
  const query_timeout = limits.connectionSeconds * 1000;
  try {
    await client.query({ text: settings(limits), query_timeout } as pg.QueryConfig);
  } catch (error) {
    throw new WallNotProven(
      `The user of the database connection cannot act as ${APPLICATION_ROLE} (${(error as Error).message}). ` +
        `Grant it: grant ${APPLICATION_ROLE} to that user.`,
      { cause: error },
    );
  }
  const { rows } = await client.query<Proof>({ text: PROOF, query_timeout } as pg.QueryConfig);
  const fault = faultOf(rows[0]);
  if (fault) throw new WallNotProven(`The wall between client accounts does not hold: ${fault}.`);
  const { rowCount } = await client.query({ text: LEAK, query_timeout } as pg.QueryConfig);
  if (rowCount !== 0)
    throw new WallNotProven(
      'The wall between client accounts does not hold: a connection without any sees their rows.',
    );
}

/**
 * Proves that two connections have separate sessions: while one is inside a transaction, the other has its own earlier
 * setting, and no other connection has it.
 */
export async function proveSessions(one: Queries, other: Queries): Promise<void> {
  const read = `select current_setting('hovedbok.session', true) as kept`;
  await one.query(`set hovedbok.session = 'one'`);
  await other.query('begin');
  const shared = (await other.query(read)).rows[0]?.kept === 'one';
  const kept = (await one.query(read)).rows[0]?.kept === 'one';
  await other.query('rollback');
  if (shared || !kept)
    throw new WallNotProven(
      'DATABASE_URL leads to a pooler that shares connections between transactions. Use one that keeps sessions ' +
        '(pgbouncer: pool_mode = session), or the server itself.',
    );
}

interface Queries {
  query(text: string): Promise<{ rows: { kept?: string }[] }>;
}

/** Without jit: statements here are many and short, and compiling one of `verify` took longer than running it. */
function settings({ lockSeconds, statementSeconds, idleSeconds }: SessionLimits): string {
  return `set role ${APPLICATION_ROLE}; set row_security = on; set search_path = pg_catalog, public, pg_temp; set timezone = 'UTC'; set jit = off;
set app.client_accounts = '{}'; set lock_timeout = ${ms(lockSeconds)}; set statement_timeout = ${ms(statementSeconds)};
set idle_in_transaction_session_timeout = ${ms(idleSeconds)}`;
}

function ms(seconds: number): number {
  return Math.round(seconds * 1000);
}

function faultOf(proof: Proof | undefined): string | undefined {
  if (!proof || proof.current_role !== APPLICATION_ROLE)
    return `the connection acts as ${proof?.current_role ?? 'nobody'}, not as ${APPLICATION_ROLE}`;
  if (proof.above) return `${APPLICATION_ROLE} is a superuser or exempt from row level security`;
  if (proof.row_security !== 'on') return `row_security is ${proof.row_security}`;
  if (proof.triggers !== 'origin') return `session_replication_role is ${proof.triggers}`;
  if (proof.walled === 0) return 'the database has no tables behind it; run hovedbok migrate';
  if (proof.open) return `row level security is not forced on ${proof.open.join(', ')}`;
  return undefined;
}
