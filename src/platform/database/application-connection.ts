import pg from 'pg';

/**
 * The connection for everything except migrations. On the embedded database it logs in as the application's role, which
 * cannot become the owner whatever statements it sends; the private socket is the only access. On a server of
 * DATABASE_URL the session belongs to the configured user and switches to the role at its start; there the
 * administrator decides who may log in.
 */
export async function applicationConnection(owner: pg.ClientConfig): Promise<pg.ClientConfig> {
  if (owner.connectionString !== undefined) return owner;
  const client = new pg.Client(owner);
  await client.connect();
  try {
    const { rowCount } = await client.query(`select 1 from pg_roles where rolname = 'hovedbok_app' and rolcanlogin`);
    if (rowCount === 0) await client.query('alter role hovedbok_app login');
  } finally {
    await client.end();
  }
  return { ...owner, user: 'hovedbok_app' };
}
