import type pg from 'pg';

/** Start data of a rendering thread. */
export interface RenderingThreadData {
  /** With the application's role, like the server's own. */
  connection: pg.ClientConfig;
  /** The address that users see. */
  publicUrl: string | undefined;
  /** Time limit of a statement. */
  statementSeconds: number;
}
