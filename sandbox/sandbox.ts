import { type Fault, Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { PARTIES } from './parties.ts';
import { SandboxClock } from './sandbox-clock.ts';
import type { StandIn } from './stand-in.ts';
import { StandInServer } from './stand-in-server.ts';

/** The running stand-ins. */
export interface Sandbox {
  /** Address of a party, without a slash at the end. */
  addressOf(party: string): string;
  readonly journal: Journal;
  fault(fault: Fault): void;
  readonly faults: readonly Fault[];
  /** Ends faults and clock differences, and empties the journal. */
  reset(): void;
  /** Moves the clock of a party by so many seconds from everybody else's. */
  skew(party: string, seconds: number): void;
  /** Does something to a party that has no request for it: `act('maskinporten', 'rotate', {})`. */
  act(party: string, action: string, input?: Record<string, unknown>): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts every party's stand-in on a free port of this machine. `now`: the time, the system's where it is left out. */
export async function startSandbox({ now = () => new Date() }: { now?: () => Date } = {}): Promise<Sandbox> {
  if (process.env.NODE_ENV === 'production') throw new Error('the sandbox does not start in production');
  const faults = new Faults();
  const journal = new Journal();
  const running = new Map<string, { server: StandInServer; clock: SandboxClock; address: string; standIn?: StandIn }>();
  for (const name of Object.keys(PARTIES)) {
    const clock = new SandboxClock(now);
    const server = new StandInServer(name, { faults, journal, clock });
    running.set(name, { server, clock, address: await server.listen() });
  }
  const find = (party: string) => {
    const found = running.get(party);
    if (!found) throw new Error(`no stand-in of ${party}; there are ${[...running.keys()].join(', ')}`);
    return found;
  };
  for (const [name, make] of Object.entries(PARTIES)) {
    const party = find(name);
    party.standIn = await make({
      clock: party.clock,
      address: party.address,
      addressOf: (other) => find(other).address,
      journal: (note) => journal.add({ party: name, note }),
    });
    party.server.use(party.standIn);
  }
  return {
    addressOf: (party) => find(party).address,
    journal,
    fault(fault) {
      find(fault.party);
      faults.add(fault);
    },
    get faults() {
      return faults.list;
    },
    reset() {
      faults.clear();
      journal.clear();
      for (const { clock } of running.values()) clock.skew(0);
    },
    skew: (party, seconds) => find(party).clock.skew(seconds),
    async act(party, action, input = {}) {
      const actions = find(party).standIn?.actions ?? {};
      if (!Object.hasOwn(actions, action)) throw new Error(`${party} knows no action ${action}`);
      return actions[action]!(input);
    },
    async stop() {
      await Promise.all(
        [...running.values()].map(({ server, standIn }) => Promise.all([server.close(), standIn?.stop?.()])),
      );
    },
  };
}
