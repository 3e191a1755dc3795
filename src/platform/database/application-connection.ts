import pg from 'pg';

/**
 * The connection for everything but migrations: on the embedded database a login of the application's role itself, which
 * cannot become the owner whatever is sent over it. The private socket is its only door. On a server of DATABASE_URL the
 * session is the configured user's and takes the role at its start; there the administrator decides who may log in.
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
