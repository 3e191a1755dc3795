import sql, { type Sql } from 'sql-template-tag';
import type { MvaMeldingClient, Sender } from '../../integrations/index.ts';
import type { Platform } from '../../platform/operation.ts';
import type { Submission } from './submission.ts';

/** The result of a step: in memory, and as column values. */
export interface Move {
  learnt: Partial<Submission>;
  set: Sql[];
}

export interface Moving {
  platform: Platform;
  client: MvaMeldingClient;
  sender: Sender;
  submission: Submission;
  clientAccountId: number;
  keep(move: Move): Promise<void>;
}

/** Columns that an answered submission no longer has. */
export const OVER: readonly Sql[] = [
  sql`next_at = null`,
  sql`waiting_for = null`,
  sql`problem = null`,
  sql`lease_id = null`,
  sql`lease_until = null`,
];
