import { Readable } from 'node:stream';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { AppError } from '../errors.ts';
import { collectYoung } from './collect-young.ts';
import type { ThreadErrors } from './errors.ts';
import type { RenderingHead, RenderedFile, RenderingOptions, RenderingTask } from './rendering.ts';
import type { FromThread, ThreadFault, ToThread } from './thread-messages.ts';

/** The outcome of a rendering, for the log. */
export interface RenderingEnd {
  bytes: number;
  error: Error | undefined;
}

interface Run {
  head: RenderingHead | undefined;
  stream: Readable;
  received: number;
  acknowledged: number;
  /** Until the first bytes or the end. */
  waiting: { resolve(document: RenderedFile): void; reject(error: Error): void } | undefined;
  progress: ((share: number) => void) | undefined;
  limit: NodeJS.Timeout;
  stopping: NodeJS.Timeout | undefined;
  error: Error | undefined;
  ended(end: RenderingEnd): void;
  forget(): void;
}

/** Time that a cancelled task may take to stop by itself before its thread is terminated. */
const GRACE_MS = 3000;
const READ_AHEAD_BYTES = 256 * 1024;
/** Bytes that may have passed before those that were read are freed. */
const FREE_EVERY_BYTES = 4 * 1024 * 1024;

/** The main thread's side of one rendering thread. One task at a time; a dead thread is replaced. */
export class RenderingThread {
  readonly #worker: Worker;
  readonly #errors: ThreadErrors;
  #run: Run | undefined;
  #passed = 0;
  /** Set when the thread has ended. */
  dead = false;

  constructor(file: string, options: WorkerOptions, errors: ThreadErrors, onDeath: (thread: RenderingThread) => void) {
    this.#errors = errors;
    this.#worker = new Worker(file, options);
    this.#worker.unref();
    this.#worker.on('message', (message: FromThread) => this.#take(message));
    this.#worker.on('error', (error) => {
      this.dead = true;
      this.#end(isOutOfMemory(error) ? errors.too_large() : error);
    });
    this.#worker.on('exit', (code) => {
      this.dead = true;
      this.#end(new Error(`the thread ended (exit code ${code})`));
      onDeath(this);
    });
  }

  /** Resolves with the first bytes; `ended` is called once, when the thread is free again or dead. */
  start(
    task: RenderingTask,
    { signal, progress }: RenderingOptions,
    seconds: number,
    ended: (end: RenderingEnd) => void,
  ): Promise<RenderedFile> {
    return new Promise((resolve, reject) => {
      const leave = () => this.#cancel(run, this.#errors.left());
      const stream = new Readable({
        highWaterMark: READ_AHEAD_BYTES,
        read: () => this.#acknowledge(run),
        destroy: (error, done) => {
          this.#cancel(run, error ?? this.#errors.left());
          done(error);
        },
      });
      // The reader of the stream gets its errors; before there is a reader, the promise reports them.
      stream.on('error', () => {});
      const run: Run = {
        head: undefined,
        stream,
        received: 0,
        acknowledged: 0,
        waiting: { resolve, reject },
        progress,
        limit: setTimeout(() => this.#cancel(run, this.#errors.too_slow({ seconds })), seconds * 1000),
        stopping: undefined,
        error: undefined,
        ended,
        forget: () => signal?.removeEventListener('abort', leave),
      };
      this.#run = run;
      signal?.addEventListener('abort', leave, { once: true });
      this.#post({ do: 'start', task });
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #post(message: ToThread): void {
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    this.#worker.postMessage(message);
  }

  #take(message: FromThread): void {
    const run = this.#run;
    if (!run) return;
    switch (message.is) {
      case 'head':
        run.head = message.head;
        return;
      case 'progress':
        run.progress?.(message.share);
        return;
      case 'bytes':
        run.received += message.bytes.length;
        this.#passed += message.bytes.length;
        if (this.#passed >= FREE_EVERY_BYTES) {
          this.#passed = 0;
          collectYoung();
        }
        if (!run.stream.destroyed) run.stream.push(message.bytes);
        this.#answer(run);
        return;
      case 'end':
        this.#answer(run);
        return this.#end(undefined);
      default:
        return this.#end(errorOf(message.fault));
    }
  }

  #answer(run: Run): void {
    if (!run.head || !run.waiting || run.error) return;
    const { resolve } = run.waiting;
    run.waiting = undefined;
    resolve({ ...run.head, bytes: run.stream });
  }

  /** Lets the thread send as many bytes as were read. */
  #acknowledge(run: Run): void {
    if (run !== this.#run) return;
    const bytes = run.received - run.stream.readableLength - run.acknowledged;
    if (bytes <= 0) return;
    run.acknowledged += bytes;
    this.#post({ do: 'send', bytes });
  }

  #cancel(run: Run, error: Error): void {
    if (run !== this.#run || run.error) return;
    run.error = error;
    run.waiting?.reject(error);
    run.waiting = undefined;
    run.stream.destroy(error);
    run.stopping = setTimeout(() => void this.#worker.terminate(), GRACE_MS);
    this.#post({ do: 'cancel' });
  }

  #end(fault: Error | undefined): void {
    const run = this.#run;
    if (!run) return;
    this.#run = undefined;
    clearTimeout(run.limit);
    clearTimeout(run.stopping);
    run.forget();
    const error = run.error ?? fault;
    if (error) {
      run.waiting?.reject(error);
      run.stream.destroy(error);
    } else {
      run.stream.push(null);
    }
    run.ended({ bytes: run.received, error });
  }
}

function errorOf(fault: ThreadFault): Error {
  if ('refusal' in fault) {
    const { code, spec, facts, fields } = fault.refusal;
    return new AppError(code, spec, facts, fields);
  }
  const error = new Error(fault.message);
  if (fault.stack) error.stack = fault.stack;
  return error;
}

function isOutOfMemory(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
