import type { Effect } from './faults.ts';
import type { SandboxClock } from './sandbox-clock.ts';

export interface StandInRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
  /** The raw body, if it is not text. */
  bytes: Buffer;
  /** Requests in progress at the party, including this one. */
  underWay: number;
}

export interface StandInAnswer {
  status: number;
  /** The reason phrase, for old services that put the error there. */
  phrase?: string;
  headers?: Record<string, string>;
  /** Text and bytes unchanged, anything else as JSON. A page sets its `content-type`, a redirect its `location`. */
  body?: unknown;
}

/** What a party's stand-in is created with. */
export interface StandInWorld {
  clock: SandboxClock;
  /** Its own address, without a trailing slash. */
  address: string;
  /** The address of another party, once all are running. */
  addressOf(party: string): string;
  /** Communication between two parties outside our view: an action of the other one, without faults and journal. */
  act(party: string, action: string, input: Record<string, unknown>): Promise<unknown>;
  journal(note: string): void;
  /** The configured fault for a step that a party serves outside HTTP. */
  fault(method: string, path: string): Effect | null;
}

/** One party, as far as we need it. */
export interface StandIn {
  answer(request: StandInRequest): Promise<StandInAnswer> | StandInAnswer;
  /** The body of a configured error, in the party's form. */
  error(status: number): StandInAnswer;
  /** Its actions besides requests: rotate a key, register a client. The caller refuses unknown names. */
  actions?: Record<string, (input: Record<string, unknown>) => unknown>;
  /** Stops what it serves outside HTTP. */
  stop?(): Promise<void>;
  /** Descriptions of actions on the control page; actions without one are for other parties and for tests. */
  help?: Record<string, ActionHelp>;
}

/** An action as shown to users. */
export interface ActionHelp {
  nb: string;
  en: string;
  /** Its default input. */
  example?: object;
}
