import type { Transaction } from '../database/pool.ts';

/** Work to do in the background. */
export interface NewTask {
  kind: string;
  payload?: object;
  /** Tasks of one line run one at a time, in order, on any node; other lines do not wait for them. */
  line?: string;
  /** While a task with this key waits, runs or will be retried, no second one is added. */
  key?: string;
  /** Not before this moment; without it, at once. */
  at?: Date;
}

/** The queue to which domains add work for later. */
export interface TaskQueue {
  /** The task exists only if the caller's transaction commits. */
  add(tx: Transaction, task: NewTask): Promise<void>;
}
