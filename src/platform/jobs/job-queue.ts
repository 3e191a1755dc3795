import type { Transaction } from '../database/pool.ts';
import type { StagedFile } from '../files/staged-file.ts';

/** Work that goes on after the request is answered. */
export interface NewJob {
  kind: string;
  userId: number;
  /** 0 for a job that belongs to no client account, or to one it is about to make. */
  clientAccountId: number;
  input: object;
}

/** What an operation needs of the jobs. */
export interface JobQueue {
  /** Adds a job in the caller's transaction: it exists when that commits, and not otherwise. Returns its id. */
  add(tx: Transaction, job: NewJob): Promise<number>;
  /** Takes in a file that a job will work on; `discard` it when the job is not added after all. */
  stage(stream: AsyncIterable<Buffer>): Promise<StagedFile>;
}

/** One run of a job. */
export interface JobRun {
  jobId: number;
  userId: number;
  clientAccountId: number;
  input: unknown;
  /** From 1. */
  attempt: number;
  /** Share done, 0 to 1. Kept now and then. */
  progress(share: number): void;
  /** Set when the process ends: the job should break off and is begun again by another. */
  signal: AbortSignal;
}

export type JobEnd =
  | { status: 'succeeded'; result: object; clientAccountId?: number }
  | { status: 'failed'; result: object | null; errors: object };

/** What can be done by a job of its name. `run` may be called again after a crash: it must be whole or nothing. */
export interface JobKind {
  kind: string;
  /** How often it is begun before it counts as failed. */
  attempts: number;
  run(run: JobRun): Promise<JobEnd>;
}
