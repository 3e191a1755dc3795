import { createHash } from 'node:crypto';
import type { StandInRequest } from './stand-in.ts';

/** One event: a request, or an observation of a stand-in. Never credentials, personal numbers or bodies. */
export interface JournalEntry {
  party: string;
  /** By the sandbox's clock; given on the way in. */
  at?: string;
  method?: string;
  path?: string;
  query?: string;
  headers?: Record<string, string>;
  bodySha256?: string;
  /** The effect of the fault that applied; null for none. */
  fault?: string | null;
  /** The number of that fault's rule. */
  rule?: number;
  note?: string;
}

const KEPT = 2_000;
const SECRET_NAMES = /token|secret|assertion|password|code|hint|authorization|cookie|apikey|state|nonce|ticket/i;

/** The real contents, for tests. */
export class Journal {
  readonly entries: JournalEntry[] = [];
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  add(entry: JournalEntry): void {
    this.entries.push({ at: this.#now().toISOString(), ...entry });
    if (this.entries.length > KEPT) this.entries.splice(0, this.entries.length - KEPT);
  }

  /** The requests to a party, oldest first. */
  requests(party: string, path?: RegExp): JournalEntry[] {
    return this.entries.filter((one) => one.party === party && one.method && (!path || path.test(one.path ?? '')));
  }

  clear(): void {
    this.entries.length = 0;
  }
}

/** The recorded parts of a request. */
export function recordOf(party: string, request: Omit<StandInRequest, 'underWay'>): JournalEntry {
  const query = new URLSearchParams();
  for (const [name, value] of request.query) query.append(name, SECRET_NAMES.test(name) ? '…' : masked(value));
  return {
    party,
    method: request.method,
    path: masked(request.path),
    query: query.toString(),
    headers: Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, SECRET_NAMES.test(name) ? hidden(value) : masked(value)]],
      ),
    ),
    bodySha256: createHash('sha256').update(request.bytes).digest('hex'),
  };
}

/** Only the scheme of a credential is recorded. */
function hidden(value: string): string {
  return /^(Bearer|Basic|DPoP) /i.test(value) ? `${value.split(' ')[0]} …` : '…';
}

/** Personal numbers have eleven digits; those of organisations nine. */
function masked(text: string): string {
  return text.replace(/(?<!\d)\d{11}(?!\d)/g, '…');
}
