import type pg from 'pg';

/** What a rendering thread is told at its start. */
export interface RenderingThreadData {
  /** Under the application's role, as the server's own. */
  connection: pg.ClientConfig;
  /** The address users see. */
  publicUrl: string | undefined;
  /** The longest that any statement may run. */
  statementSeconds: number;
}
