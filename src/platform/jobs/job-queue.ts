import type { Role, Scope } from '../caller.ts';
import type { Transaction } from '../database/pool.ts';
import type { StagedFile } from '../files/staged-file.ts';

/** An operation's access to one client account. */
export interface ClientAccess {
  kind: 'client';
  scope: Scope;
  roles: readonly Role[];
}

/** Work that goes on after the request is answered. */
export interface NewJob {
  kind: string;
  userId: number;
  /** 0 for a job that belongs to no client account, or to one it is about to make. */
  clientAccountId: number;
  input: object;
  /** The file it works on. */
  upload?: JobUpload;
}

/** A file that was taken in for a job: in the file store, where every node finds it. */
export interface JobUpload extends StagedFile {
  readonly key: string;
}

/** As kept in the input of a job. */
export interface StoredUpload {
  key: string;
  sha256: string;
  size: number;
  name: string;
}

/** What an operation needs of the jobs. */
export interface JobQueue {
  /** Adds a job in the caller's transaction: it exists when that commits, and not otherwise. Returns its id. */
  add(tx: Transaction, job: NewJob): Promise<number>;
  /** Puts a failed job into the queue again, in the caller's transaction. */
  addAgain(tx: Transaction, job: { id: number; kind: string; clientAccountId: number }): Promise<void>;
  /** Takes in a file that a job will work on; `discard` it when the job is not added after all. */
  stage(stream: AsyncIterable<Buffer>): Promise<JobUpload>;
  /** Who may do what a job does, read what came of it and try it again. Undefined for a kind that is not known here. */
  accessOf(kind: string, input: unknown): ClientAccess | undefined;
  /** Jobs by kind and state, for the metrics. */
  load(): Promise<JobLoad[]>;
}

export interface JobLoad {
  kind: string;
  queued: number;
  running: number;
  /** Failed in the last 24 hours. */
  failed: number;
  /** Of the oldest that is not finished; 0 where all are. */
  oldest_seconds: number;
}

/** One run of a job. */
export interface JobRun {
  jobId: number;
  userId: number;
  clientAccountId: number;
  input: unknown;
  /** The file that was taken in for it, on this node for as long as the run lasts. */
  upload?: StagedFile;
  /** From 1. */
  attempt: number;
  /** Share done, 0 to 1. Kept now and then. */
  progress(share: number): void;
  /** Set when the process ends: the job should break off and is begun again by another. */
  signal: AbortSignal;
}

export type JobEnd =
  | { status: 'succeeded'; result: object; clientAccountId?: number }
  | { status: 'failed'; result: object | null; errors: object[] };

/** What can be done by a job of its name. `run` may be called again after a crash: it must be whole or nothing. */
export interface JobKind {
  kind: string;
  /** How often it is begun before it counts as failed. */
  attempts: number;
  /** Jobs of one client account in the same line are done one at a time, in the order they came. */
  line: 'books' | 'documents';
  /** Who may do what the job does. Nobody else reads what came of it. */
  access(input: unknown): ClientAccess;
  run(run: JobRun): Promise<JobEnd>;
}
