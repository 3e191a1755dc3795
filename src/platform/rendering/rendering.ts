import type { Readable } from 'node:stream';

/** Work for another thread: mostly a document to be made. All of it survives structured cloning. */
export interface RenderingTask {
  /** Which of the tasks that the threads know. */
  name: string;
  /** The client account whose rows it may read. */
  clientAccountId: number;
  input: unknown;
}

export interface RenderingOptions {
  /** Ends the work when nobody waits for it any more. */
  signal?: AbortSignal;
  /** Nobody waits at the other end: those who do are served first, and have more time. */
  background?: boolean;
  /** Share done, 0 to 1. */
  progress?(share: number): void;
}

/** What is known of a document before its first byte. */
export interface DocumentHead {
  fileName: string;
  contentType: string;
  /** To be shown rather than kept. */
  inline: boolean;
  /** Further headers of an answer with it. */
  headers: Record<string, string>;
}

export interface RenderedDocument extends DocumentHead {
  /** Ends with an error when it could not be made whole. */
  bytes: Readable;
}

/** What is under way, and what became of the rest since the start. */
export interface RenderingLoad {
  running: number;
  waiting: number;
  done: number;
  failed: number;
  /** Not taken in, because too many waited. */
  refused: number;
}

/** Makes documents off the main thread, so that a long one keeps nobody waiting. */
export interface Rendering {
  /**
   * Resolves with the first bytes. Throws what the task throws before that, `rendering.busy` when too many wait,
   * `rendering.too_slow`, `rendering.too_large`.
   */
  render(task: RenderingTask, options?: RenderingOptions): Promise<RenderedDocument>;
  readonly load: RenderingLoad;
}
