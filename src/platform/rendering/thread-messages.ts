import type { Facts, ErrorSpec, FieldProblem } from '../errors.ts';
import type { RenderingHead, RenderingTask } from './rendering.ts';

/** Messages to a thread, which does one task at a time. */
export type ToThread =
  | { do: 'start'; task: RenderingTask }
  /** The reader has consumed this many bytes, so as many more may be sent. */
  | { do: 'send'; bytes: number }
  | { do: 'cancel' };

/** Messages from a thread: a head, bytes, one end. */
export type FromThread =
  | { is: 'head'; head: RenderingHead }
  | { is: 'bytes'; bytes: Uint8Array }
  | { is: 'progress'; share: number }
  | { is: 'end' }
  | { is: 'failed'; fault: ThreadFault };

/** An error serialised for another thread. */
export type ThreadFault =
  | { refusal: { code: string; spec: ErrorSpec; facts: Facts; fields: FieldProblem[] } }
  | { message: string; stack: string | undefined };

/** Bytes that may be in flight to a reader that does not read. */
export const WINDOW_BYTES = 4 * 1024 * 1024;
