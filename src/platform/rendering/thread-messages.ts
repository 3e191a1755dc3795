import type { Facts, ErrorSpec, FieldProblem } from '../errors.ts';
import type { DocumentHead, RenderingTask } from './rendering.ts';

/** To a thread. It does one task at a time. */
export type ToThread =
  | { do: 'start'; task: RenderingTask }
  /** So many more bytes may be on their way: the reader took that many. */
  | { do: 'send'; bytes: number }
  | { do: 'cancel' };

/** From a thread: a head, bytes, one end. */
export type FromThread =
  | { is: 'head'; head: DocumentHead }
  | { is: 'bytes'; bytes: Uint8Array }
  | { is: 'progress'; share: number }
  | { is: 'end' }
  | { is: 'failed'; fault: ThreadFault };

/** An error as it crosses between threads. */
export type ThreadFault =
  | { refusal: { code: string; spec: ErrorSpec; facts: Facts; fields: FieldProblem[] } }
  | { message: string; stack: string | undefined };

/** Bytes that may be on their way to a reader who does not read. */
export const WINDOW_BYTES = 4 * 1024 * 1024;
