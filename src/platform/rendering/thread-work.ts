import { constants, getPriority, setPriority } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import type { RenderingHead, RenderingTask } from './rendering.ts';
import { type FromThread, type ThreadFault, type ToThread, WINDOW_BYTES } from './thread-messages.ts';

/** The output of a rendering task: the head, then the bytes. */
export interface RenderingSink {
  head(head: RenderingHead): void;
  /** Waits while the reader is behind. Throws when the reader has left. The bytes are copied. */
  write(bytes: Uint8Array): Promise<void>;
  /** Share done, 0 to 1. Throws when the caller has left. */
  progress(share: number): void;
}

export type ThreadTask = (task: RenderingTask, sink: RenderingSink) => Promise<void>;

const CHUNK_BYTES = 64 * 1024;
const PROGRESS_EVERY_MS = 250;
/**
 * Lower priority than the server itself, which answers interactive requests: a third of its share when both compete for
 * a core. Relative: a server may have been started with a lower priority, and raising one is not allowed to everybody.
 */
const NICE = 5;

/** The thread's side: runs one task at a time until the thread ends. */
export function doTasks(port: MessagePort, tasks: Readonly<Record<string, ThreadTask>>): void {
  // On Linux the priority applies to the thread alone, elsewhere to the whole process.
  if (process.platform === 'linux') setPriority(Math.min(getPriority() + NICE, constants.priority.PRIORITY_LOW));
  let sink: PortSink | undefined;
  const post = (message: FromThread, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const start = async (task: RenderingTask) => {
    const mine = (sink = new PortSink(post));
    try {
      const work = tasks[task.name];
      if (!work) throw new Error(`no rendering task is named ${task.name}`);
      await work(task, mine);
      await mine.end();
      post({ is: 'end' });
    } catch (error) {
      post({ is: 'failed', fault: faultOf(error) });
    }
  };
  port.on('message', (message: ToThread) => {
    if (message.do === 'start') void start(message.task);
    else if (message.do === 'send') sink?.send(message.bytes);
    else sink?.cancel();
  });
}

class PortSink implements RenderingSink {
  readonly #post: (message: FromThread, transfer?: ArrayBuffer[]) => void;
  #buffer = new Uint8Array(CHUNK_BYTES);
  #filled = 0;
  #allowed = WINDOW_BYTES;
  #cancelled = false;
  #wake: (() => void) | undefined;
  #reportedAt = 0;

  constructor(post: (message: FromThread, transfer?: ArrayBuffer[]) => void) {
    this.#post = post;
  }

  head(head: RenderingHead): void {
    this.#post({ is: 'head', head });
  }

  progress(share: number): void {
    this.#throwIfCancelled();
    const now = Date.now();
    if (now - this.#reportedAt < PROGRESS_EVERY_MS) return;
    this.#reportedAt = now;
    this.#post({ is: 'progress', share });
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + CHUNK_BYTES - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === CHUNK_BYTES) await this.#flush();
    }
  }

  async end(): Promise<void> {
    await this.#flush();
  }

  send(bytes: number): void {
    this.#allowed += bytes;
    this.#wake?.();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#wake?.();
  }

  #throwIfCancelled(): void {
    if (this.#cancelled) throw new Error('nobody waits for it any more');
  }

  async #flush(): Promise<void> {
    // Yields to the event loop so that messages arrive: the work itself may never await anything.
    await nextTurn();
    while (this.#allowed <= 0 && !this.#cancelled) await new Promise<void>((wake) => (this.#wake = wake));
    this.#throwIfCancelled();
    if (this.#filled === 0) return;
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#allowed -= this.#filled;
    this.#post({ is: 'bytes', bytes }, [bytes.buffer]);
    this.#buffer = new Uint8Array(CHUNK_BYTES);
    this.#filled = 0;
  }
}

function faultOf(error: unknown): ThreadFault {
  if (error instanceof AppError) {
    const { code, spec, facts, fields } = error;
    return { refusal: { code, spec, facts, fields } };
  }
  return error instanceof Error
    ? { message: error.message, stack: error.stack }
    : { message: String(error), stack: undefined };
}
