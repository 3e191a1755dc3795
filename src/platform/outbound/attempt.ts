import type { OutboundMessage } from './outbound-message.ts';
import { type Answering, askAlone } from './own-connection.ts';

export interface OutboundAnswer {
  status: number;
  /** The reason phrase of the status: some old services put the error there. */
  phrase?: string;
  headers: Headers;
  body: Buffer;
}

/** Why an attempt got no response. `unreached`: certainly nothing was carried out. */
export type AttemptFailure = 'timeout' | 'unreached' | 'unreachable' | 'broken_off' | 'too_large' | 'address_refused';

/** One request within a limit of time and size. Throws AttemptFailed. */
export type Attempt = (
  message: OutboundMessage,
  limits: { timeoutMs: number; maxBytes: number; alone: boolean },
) => Promise<OutboundAnswer>;

export class AttemptFailed extends Error {
  override name = 'AttemptFailed';
  readonly failure: AttemptFailure;
  constructor(failure: AttemptFailure, cause?: unknown) {
    super(failure, { cause });
    this.failure = failure;
  }
}

/** Network errors that occur before a byte of the request is sent. */
export const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * One request and its whole response, within a limit of time and size. Redirects are not followed, so that credentials
 * go only to the configured address. `alone`: over a separate connection, because it must not be sent twice. Throws
 * AttemptFailed.
 */
export async function attempt(
  message: OutboundMessage,
  { timeoutMs, maxBytes, alone }: { timeoutMs: number; maxBytes: number; alone: boolean },
): Promise<OutboundAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  let answer: Answering;
  try {
    answer = await (alone ? askAlone : ask)(message, signal);
  } catch (error) {
    if (signal.aborted) throw new AttemptFailed('timeout', error);
    throw new AttemptFailed(UNREACHED.has(codeOf(error)) ? 'unreached' : 'unreachable', error);
  }
  const { status, statusText: phrase, headers: answered } = answer;
  return { status, phrase, headers: answered, body: await readWhole(answer, signal, maxBytes) };
}

function ask({ method, url, headers, body }: OutboundMessage, signal: AbortSignal): Promise<Answering> {
  return fetch(url, { method, ...(headers ? { headers } : {}), body: body ?? null, redirect: 'manual', signal });
}

async function readWhole(answer: Answering, signal: AbortSignal, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of answer.body ?? []) {
      size += part.length;
      if (size > maxBytes) throw new AttemptFailed('too_large');
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof AttemptFailed) throw error;
    throw new AttemptFailed(signal.aborted ? 'timeout' : 'broken_off', error);
  }
  return Buffer.concat(parts);
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
