import type { Role, Scope } from '../caller.ts';
import type { Transaction } from '../database/pool.ts';
import type { StagedFile } from '../files/staged-file.ts';

/** The access to one client account that an operation requires. */
export interface ClientAccess {
  kind: 'client';
  scope: Scope;
  roles: readonly Role[];
}

/** Work that continues after the response. */
export interface NewJob {
  kind: string;
  userId: number;
  /** 0 for a job without a client account, or that will create one. */
  clientAccountId: number;
  input: object;
  /** The file that it processes. */
  upload?: JobUpload;
}

/** A file uploaded for a job: in the file store, which every node can read. */
export interface JobUpload extends StagedFile {
  readonly key: string;
}

/** As stored in the input of a job. */
export interface StoredUpload {
  key: string;
  sha256: string;
  size: number;
  name: string;
}

/** The jobs as operations use them. */
export interface JobQueue {
  /** Adds a job in the caller's transaction: it exists only if that commits. Returns its id. */
  add(tx: Transaction, job: NewJob): Promise<number>;
  /** Puts a failed job into the queue again, in the caller's transaction. */
  addAgain(tx: Transaction, job: { id: number; kind: string; clientAccountId: number }): Promise<void>;
  /** Stores a file for a job; `discard` it if the job is not added. */
  stage(stream: AsyncIterable<Buffer>): Promise<JobUpload>;
  /**
   * The access required to do what a job does, to read its result and to retry it. Undefined for a kind unknown here.
   */
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
  /** Age of the oldest unfinished job; 0 if there is none. */
  oldest_seconds: number;
}

/** One run of a job. */
export interface JobRun {
  jobId: number;
  userId: number;
  clientAccountId: number;
  input: unknown;
  /** The file uploaded for it, available on this node during the run. */
  upload?: StagedFile;
  /** From 1. */
  attempt: number;
  /** Share done, 0 to 1. Saved from time to time. */
  progress(share: number): void;
  /** Set when the process is stopping: the job should stop and is restarted by another process. */
  signal: AbortSignal;
}

export type JobEnd =
  | { status: 'succeeded'; result: object; clientAccountId?: number }
  | { status: 'failed'; result: object | null; errors: object[] };

/** The implementation of jobs with this name. `run` may be called again after a crash: it must be all or nothing. */
export interface JobKind {
  kind: string;
  /** How often it is started before it counts as failed. */
  attempts: number;
  /** Jobs of one client account in the same line run one at a time, in order of arrival. */
  line: 'books' | 'documents';
  /** The access required to do what the job does, and to read its result. */
  access(input: unknown): ClientAccess;
  run(run: JobRun): Promise<JobEnd>;
}
