import type { Effect } from '../../sandbox/faults.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** A fault of a party. */
export interface PartyFault {
  name: string;
  effect: Effect;
  /** It ends only at our timeout: tested on a server with a short one. */
  isSlow?: boolean;
}

const status = (code: number, retryAfter?: number | 'date'): Effect => ({
  kind: 'status',
  status: code,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

/** Every fault that a stand-in supports, each for all requests until it is ended. */
export const FAULTS: readonly PartyFault[] = [
  ...[400, 401, 403, 404, 410, 500, 502, 504].map((code) => ({ name: String(code), effect: status(code) })),
  { name: '429', effect: status(429) },
  { name: '429 Retry-After seconds', effect: status(429, 60) },
  { name: '429 Retry-After date', effect: status(429, 'date') },
  { name: '503', effect: status(503) },
  { name: '503 Retry-After date', effect: status(503, 'date') },
  { name: 'late', effect: { kind: 'delay', ms: 5_000 }, isSlow: true },
  { name: 'late in the body', effect: { kind: 'delay', ms: 5_000, inBody: true }, isSlow: true },
  { name: 'never', effect: { kind: 'never' }, isSlow: true },
  { name: 'reset', effect: { kind: 'reset' } },
  { name: 'reset in the body', effect: { kind: 'reset', inBody: true } },
  { name: 'half an answer', effect: { kind: 'half' } },
  { name: 'truncated', effect: { kind: 'truncate' } },
  { name: 'empty', effect: { kind: 'empty' } },
  { name: 'other types', effect: { kind: 'nonsense' } },
  { name: 'a page, 200', effect: { kind: 'html' } },
  { name: 'a page, 503', effect: { kind: 'html', status: 503 } },
  { name: 'content type text/plain', effect: { kind: 'content_type', type: 'text/plain' } },
  { name: 'no content type', effect: { kind: 'content_type', type: null } },
  { name: 'redirect', effect: { kind: 'redirect' } },
  { name: 'too large', effect: { kind: 'big', bytes: 21_000_000 } },
];

/** The response of our API: status, error code and the party that it names. */
export interface FaultAnswer {
  status: number;
  /** JSON from the API, or the text of a page. */
  body: unknown;
}

/** One of our calls to a party, made through the public API. */
export interface FaultCall {
  /** The party's name in the sandbox. */
  party: string;
  /** The name that people know, which the response must contain. */
  service: string;
  /** The call, and our endpoint that makes it. */
  name: string;
  /** The request that the fault affects; `method` if the path is ambiguous. */
  path: string;
  method?: string;
  /** The faults that its protocol can have; all of them if omitted. */
  faults?: readonly PartyFault[];
  /** Before each fault: prepares everything so that `ask` makes the call. */
  prepare?(): Promise<void>;
  /** Through a server with a timeout of half a second, if `isSlow`. */
  ask(isSlow: boolean): Promise<FaultAnswer>;
  /** The normal response, also after a fault has ended. */
  healthy: number;
  /** Responses below 500 that a fault may cause, by its name or `*`: the party has responded, so it is not an outage. */
  allowed?: Partial<Record<string, number>>;
  /**
   * In words, if the body has more information than status and code; receives the texts of a normal response and of one
   * under a fault.
   */
  outcomeOf?(answer: FaultAnswer): string;
  whole?: string;
  failed?: RegExp;
  /** Throws if something was stored partially. Called after each fault, before it ends. */
  intact?(): Promise<void>;
}

/** In words, for the table. */
export function outcomeOf({ status: code, body }: FaultAnswer): string {
  const details = (body as { details?: { code?: string } } | null)?.details;
  return details?.code ? `${code} ${details.code}` : String(code);
}

/** All text of a response, to search for the party's name. */
export function textOf({ body }: FaultAnswer): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Starts the fault, calls, ends the fault. */
export async function underFault(sandbox: Sandbox, call: FaultCall, fault: PartyFault): Promise<FaultAnswer> {
  await call.prepare?.();
  const { party, path, method } = call;
  sandbox.fault({ party, path, ...(method ? { method } : {}), effect: fault.effect });
  try {
    const answer = await call.ask(fault.isSlow === true);
    if (answer.status !== call.healthy) await call.intact?.();
    return answer;
  } finally {
    sandbox.reset();
  }
}

/** The table of docs/party-faults.md: for each call, the response to each fault. */
export function faultTable(rows: readonly { call: FaultCall; fault: string; answer: string }[]): string {
  const sections = [...new Set(rows.map(({ call }) => call))].map((call) => {
    const byAnswer = new Map<string, string[]>();
    for (const row of rows.filter((one) => one.call === call))
      byAnswer.set(row.answer, [...(byAnswer.get(row.answer) ?? []), row.fault]);
    const lines = [...byAnswer].map(([answer, faults]) => `| ${answer} | ${faults.join(', ')} |`);
    return `### ${call.service}: ${call.name}\n\n| our answer | the fault |\n|---|---|\n${lines.join('\n')}\n`;
  });
  return sections.join('\n');
}
