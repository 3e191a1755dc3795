import type { Log } from '../operation.ts';
import { AppError } from '../errors.ts';
import { renderingErrors, type ThreadErrors } from './errors.ts';
import type { RenderedFile, Rendering, RenderingLoad, RenderingOptions, RenderingTask } from './rendering.ts';
import { RenderingThread } from './rendering-thread.ts';

export interface RenderingThreadsOptions {
  /** The program that the threads run. */
  file: string;
  /** Its start data; must survive structured cloning. */
  data: unknown;
  /** Number of threads. */
  threads: number;
  /** Most callers waiting for a thread. */
  queue: number;
  /** Time limit of a rendering, and of a background rendering. */
  seconds: number;
  backgroundSeconds: number;
  /** Heap limit of each thread. */
  memoryMegabytes: number;
  /** Wording of refusals, if the work is not a rendering. */
  errors?: ThreadErrors;
  log: Log;
}

interface Waiting {
  task: RenderingTask;
  options: RenderingOptions;
  since: number;
  resolve(document: RenderedFile): void;
  reject(error: Error): void;
}

const RETRY_AFTER_SECONDS = 10;
/** Rows are short-lived: with more room they would only be collected later. */
const YOUNG_MEGABYTES = 12;

/**
 * A few rendering threads, started at first use. Requests with a waiting caller are served before background work,
 * which never takes the last of several threads.
 */
export class RenderingThreads implements Rendering {
  readonly #options: RenderingThreadsOptions;
  readonly #errors: ThreadErrors;
  readonly #idle: RenderingThread[] = [];
  readonly #all = new Set<RenderingThread>();
  #waiting: Waiting[] = [];
  #running = 0;
  #runningBackground = 0;
  #done = 0;
  #failed = 0;
  #refused = 0;
  #closed = false;

  constructor(options: RenderingThreadsOptions) {
    this.#options = options;
    this.#errors = options.errors ?? renderingErrors;
  }

  get load(): RenderingLoad {
    return {
      running: this.#running,
      waiting: this.#waiting.length,
      done: this.#done,
      failed: this.#failed,
      refused: this.#refused,
    };
  }

  async render(task: RenderingTask, options: RenderingOptions = {}): Promise<RenderedFile> {
    if (options.signal?.aborted) throw this.#errors.left();
    if (this.#closed) throw this.#errors.unavailable();
    const callers = this.#waiting.filter((one) => !one.options.background).length;
    if (!options.background && callers >= this.#options.queue) {
      this.#refused++;
      throw this.#errors.busy({ retry_after: RETRY_AFTER_SECONDS });
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { task, options, since: Date.now(), resolve, reject };
      options.signal?.addEventListener('abort', () => this.#leave(waiting), { once: true });
      this.#waiting.push(waiting);
      this.#next();
    });
  }

  /** Terminates the threads; their tasks are interrupted. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#errors.unavailable());
    await Promise.all([...this.#all].map((thread) => thread.stop()));
  }

  #leave(waiting: Waiting): void {
    if (!this.#waiting.includes(waiting)) return;
    this.#waiting = this.#waiting.filter((one) => one !== waiting);
    waiting.reject(this.#errors.left());
  }

  #next(): void {
    const { threads } = this.#options;
    while (this.#running < threads && !this.#closed) {
      const mayBackground = this.#runningBackground < Math.max(1, threads - 1);
      const at = this.#waiting.findIndex(({ options }) => !options.background);
      const [next] = this.#waiting.splice(at >= 0 ? at : mayBackground ? 0 : this.#waiting.length, 1);
      if (!next) return;
      this.#start(next);
    }
  }

  #start({ task, options, since, resolve, reject }: Waiting): void {
    const { seconds, backgroundSeconds, log } = this.#options;
    const thread = this.#idle.pop() ?? this.#newThread();
    const background = options.background ? 1 : 0;
    this.#running++;
    this.#runningBackground += background;
    const begun = Date.now();
    thread
      .start(task, options, background ? backgroundSeconds : seconds, ({ bytes, error }) => {
        this.#running--;
        this.#runningBackground -= background;
        if (error) this.#failed++;
        else this.#done++;
        const facts = {
          task: task.name,
          client_account_id: task.clientAccountId,
          waited_ms: begun - since,
          ms: Date.now() - begun,
          bytes,
        };
        if (error && !(error instanceof AppError)) log.warn({ ...facts, err: error }, 'work on a thread broke off');
        else log.info({ ...facts, ...(error ? { refused: error.code } : {}) }, 'done on a thread');
        if (!thread.dead) this.#idle.push(thread);
        this.#next();
      })
      .then(resolve, reject);
  }

  #newThread(): RenderingThread {
    const { file, data, memoryMegabytes } = this.#options;
    const thread = new RenderingThread(
      file,
      {
        workerData: data,
        resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes, maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
      },
      this.#errors,
      () => {
        this.#all.delete(thread);
        const at = this.#idle.indexOf(thread);
        if (at >= 0) this.#idle.splice(at, 1);
      },
    );
    this.#all.add(thread);
    return thread;
  }
}
