import type { Transaction } from '../database/pool.ts';

/** Something to do in the background. */
export interface NewTask {
  kind: string;
  payload?: object;
  /** Tasks of one line are done one at a time, in order, on whichever node; other lines do not wait for them. */
  line?: string;
  /** While a task with this key waits, runs or will be tried again, another one is not added. */
  key?: string;
  /** Not before this moment; at once without. */
  at?: Date;
}

/** Where domains leave what is to be done later. */
export interface TaskQueue {
  /** It exists when the caller's transaction commits, and not otherwise. */
  add(tx: Transaction, task: NewTask): Promise<void>;
}
