import sql, { type Sql } from 'sql-template-tag';
import type { MvaMeldingClient, Sender } from '../../integrations/index.ts';
import type { Platform } from '../../platform/operation.ts';
import type { Submission } from './submission.ts';

/** What was learnt in a step: in memory, and as the columns say it. */
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

/** What an answered submission does not have any more. */
export const OVER: readonly Sql[] = [
  sql`next_at = null`,
  sql`waiting_for = null`,
  sql`problem = null`,
  sql`lease_id = null`,
  sql`lease_until = null`,
];
