import type { Clock } from '../../kernel/clock.ts';
import type { OutboundCall } from './outbound-call.ts';
import { OutboundParty, type PartyOptions } from './outbound-party.ts';

export interface OutboundWorld {
  clock: Clock;
  log: { info(facts: object, message?: string): void; warn(facts: object, message?: string): void };
  /** Pauses between attempts. */
  sleep?(ms: number): Promise<void>;
  /** From 0 to 1, spreads the pauses of many callers. */
  random?(): number;
  /** Limit of one attempt at any party, instead of the limit of the party's client. */
  timeoutMs?: number;
}

/** All outbound calls go through this, with one instance per party for the whole process. */
export class Outbound {
  readonly #world: OutboundWorld;
  readonly #parties: OutboundParty[] = [];
  readonly #listeners: ((call: OutboundCall) => void)[] = [];

  constructor(world: OutboundWorld) {
    this.#world = world;
  }

  party(options: PartyOptions): OutboundParty {
    const { clock, log, random = Math.random, sleep = defaultSleep } = this.#world;
    const ended = (call: OutboundCall) => {
      log.info(call, 'outbound call');
      for (const listener of this.#listeners) listener(call);
    };
    const { timeoutMs = options.timeoutMs } = this.#world;
    const party = new OutboundParty({ ...options, timeoutMs }, { clock, random, sleep, ended });
    this.#parties.push(party);
    return party;
  }

  /** Registers a listener for every attempt. */
  onCall(listener: (call: OutboundCall) => void): void {
    this.#listeners.push(listener);
  }

  /** The parties with the state of their circuit breakers. */
  get states(): { service: string; open: boolean }[] {
    return this.#parties.map(({ service, isOpen }) => ({ service, open: isOpen }));
  }
}

function defaultSleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
