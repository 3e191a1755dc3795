import type { Effect } from './faults.ts';
import type { SandboxClock } from './sandbox-clock.ts';

export interface StandInRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
  /** The body as it came, for what is no text. */
  bytes: Buffer;
  /** Requests that the party is answering at the moment, with this one. */
  underWay: number;
}

export interface StandInAnswer {
  status: number;
  /** Beside the status, for old services that say there what is wrong. */
  phrase?: string;
  headers?: Record<string, string>;
  /** Text and bytes as they are, anything else as JSON. A page says its `content-type`, a redirect its `location`. */
  body?: unknown;
}

/** What a party's stand-in is made from. */
export interface StandInWorld {
  clock: SandboxClock;
  /** Its own address, without a slash at the end. */
  address: string;
  /** The address of another party, once all are up. */
  addressOf(party: string): string;
  /** What two parties tell each other without our seeing it: an action of the other, beside faults and journal. */
  act(party: string, action: string, input: Record<string, unknown>): Promise<unknown>;
  journal(note: string): void;
  /** The fault that was asked for with this method, for a step of what a party serves beside HTTP. */
  fault(method: string, path: string): Effect | null;
}

/** One party outside, as far as we need it. */
export interface StandIn {
  answer(request: StandInRequest): Promise<StandInAnswer> | StandInAnswer;
  /** The body of an error that was asked for, as the party words it. */
  error(status: number): StandInAnswer;
  /** What can be done to it beside requests: rotate a key, register a client. Unknown names are refused by the caller. */
  actions?: Record<string, (input: Record<string, unknown>) => unknown>;
  /** Ends what it serves beside HTTP. */
  stop?(): Promise<void>;
  /** What the control page says about actions; those it does not name are for other parties and for tests. */
  help?: Record<string, ActionHelp>;
}

/** An action as a person sees it. */
export interface ActionHelp {
  nb: string;
  en: string;
  /** Its input, as a start. */
  example?: object;
}
