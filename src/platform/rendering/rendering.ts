import type { Readable } from 'node:stream';

/** Work for another thread, mostly a rendering. All of it must survive structured cloning. */
export interface RenderingTask {
  /** The name of the task in the threads' program. */
  name: string;
  /** The client account whose rows it may read. */
  clientAccountId: number;
  input: unknown;
}

export interface RenderingOptions {
  /** Ends the work when its caller has left. */
  signal?: AbortSignal;
  /** No caller waits for it: it is served after those with a caller, and has more time. */
  background?: boolean;
  /** Share done, 0 to 1. */
  progress?(share: number): void;
}

/** What is known about a rendering before its first byte. */
export interface RenderingHead {
  fileName: string;
  contentType: string;
  /** To be displayed rather than saved. */
  inline: boolean;
  /** Further headers of a response with it. */
  headers: Record<string, string>;
}

export interface RenderedFile extends RenderingHead {
  /** Ends with an error if it could not be rendered completely. */
  bytes: Readable;
}

/** Running tasks, and the outcome of the others since the start. */
export interface RenderingLoad {
  running: number;
  waiting: number;
  done: number;
  failed: number;
  /** Refused because too many waited. */
  refused: number;
}

/** Renders reports and forms off the main thread, so that a long one does not block other requests. */
export interface Rendering {
  /**
   * Resolves with the first bytes. Throws the task's errors up to then, `rendering.busy` when too many wait,
   * `rendering.too_slow`, `rendering.too_large`.
   */
  render(task: RenderingTask, options?: RenderingOptions): Promise<RenderedFile>;
  readonly load: RenderingLoad;
}
