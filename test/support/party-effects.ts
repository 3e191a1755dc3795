import type { Effect } from '../../sandbox/faults.ts';

export interface PartyEffect {
  effect: Effect;
  /** The client gives up sooner than usual. */
  timeoutMs?: number;
}

/** Every way in which a party outside fails or misbehaves (`sandbox/faults.ts`), for as long as it is asked. */
export const PARTY_EFFECTS: Readonly<Record<string, PartyEffect>> = {
  ...Object.fromEntries(
    [400, 401, 403, 404, 409, 410, 422, 500, 501, 502, 503, 504].map((status) => [
      `status ${status}`,
      { effect: { kind: 'status', status } as const },
    ]),
  ),
  '429 without Retry-After': { effect: { kind: 'status', status: 429 } },
  '429, again in a second': { effect: { kind: 'status', status: 429, retryAfter: 1 } },
  '429, again in an hour': { effect: { kind: 'status', status: 429, retryAfter: 3600 } },
  '429 with a date': { effect: { kind: 'status', status: 429, retryAfter: 'date' } },
  '503 with a date': { effect: { kind: 'status', status: 503, retryAfter: 'date' } },
  'late headers': { effect: { kind: 'delay', ms: 20 } },
  'slow body': { effect: { kind: 'delay', ms: 20, inBody: true } },
  'too late': { effect: { kind: 'delay', ms: 2_000 }, timeoutMs: 300 },
  'too slow a body': { effect: { kind: 'delay', ms: 2_000, inBody: true }, timeoutMs: 300 },
  'no answer': { effect: { kind: 'never' }, timeoutMs: 300 },
  'closed before the answer': { effect: { kind: 'reset' } },
  'closed within the answer': { effect: { kind: 'reset', inBody: true } },
  'shorter than it says': { effect: { kind: 'truncate' } },
  'half the JSON': { effect: { kind: 'half' } },
  'nothing, with 200': { effect: { kind: 'empty' } },
  'other types': { effect: { kind: 'nonsense' } },
  'a page, with 200': { effect: { kind: 'html' } },
  'a page, with 503': { effect: { kind: 'html', status: 503 } },
  'as plain text': { effect: { kind: 'content_type', type: 'text/plain' } },
  'as a page': { effect: { kind: 'content_type', type: 'text/html' } },
  'without a type': { effect: { kind: 'content_type', type: null } },
  'a redirect to a login': { effect: { kind: 'redirect' } },
  'too large': { effect: { kind: 'big', bytes: 11_000_000 } },
};
