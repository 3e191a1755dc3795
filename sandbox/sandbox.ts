import { type Fault, Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { PARTIES } from './parties.ts';
import { SandboxClock } from './sandbox-clock.ts';
import { SandboxTime } from './sandbox-time.ts';
import type { ActionHelp, StandIn } from './stand-in.ts';
import { StandInServer } from './stand-in-server.ts';

/** The state of a party. */
export interface PartyState {
  name: string;
  address: string;
  now: Date;
  /** Seconds its clock is ahead of the others'. */
  ahead: number;
  /** Its actions, with their descriptions for users. */
  actions: { name: string; help: ActionHelp | null }[];
}

/** The running stand-ins. */
export interface Sandbox {
  /** Address of a party, without a trailing slash. */
  addressOf(party: string): string;
  readonly journal: Journal;
  fault(fault: Fault): void;
  readonly faults: readonly (Fault & { id: number; done: number })[];
  endFault(id: number): void;
  /** The time of all of them. */
  readonly time: SandboxTime;
  readonly parties: PartyState[];
  /**
   * Resets to the initial state: no faults, no clock differences, an empty journal, and every party's own state
   * cleared.
   */
  resetAll(): Promise<void>;
  /** Ends faults and clock differences, and empties the journal. */
  reset(): void;
  /** Moves the clock of a party by this many seconds from the others'. */
  skew(party: string, seconds: number): void;
  /** Runs an action of a party: `act('maskinporten', 'rotate', {})`. */
  act(party: string, action: string, input?: Record<string, unknown>): Promise<unknown>;
  stop(): Promise<void>;
}

interface SandboxOptions {
  /** The time; the system's if absent. */
  now?: () => Date;
  /** The parties listen on this port and the following ones, in the order of their list; on free ports if absent. */
  firstPort?: number;
}

/** Starts every party's stand-in on this machine. */
export async function startSandbox({ now = () => new Date(), firstPort }: SandboxOptions = {}): Promise<Sandbox> {
  if (process.env.NODE_ENV === 'production') throw new Error('the sandbox does not start in production');
  const faults = new Faults();
  const time = new SandboxTime(now);
  const journal = new Journal(() => time.now());
  const running = new Map<string, { server: StandInServer; clock: SandboxClock; address: string; standIn?: StandIn }>();
  for (const [i, name] of Object.keys(PARTIES).entries()) {
    const clock = new SandboxClock(() => time.now());
    const server = new StandInServer(name, { faults, journal, clock });
    running.set(name, { server, clock, address: await server.listen(firstPort === undefined ? 0 : firstPort + i) });
  }
  const find = (party: string) => {
    const found = running.get(party);
    if (!found) throw new Error(`no stand-in of ${party}; there are ${[...running.keys()].join(', ')}`);
    return found;
  };
  const act = async (party: string, action: string, input: Record<string, unknown>) => {
    const actions = find(party).standIn?.actions ?? {};
    if (!Object.hasOwn(actions, action)) throw new Error(`${party} knows no action ${action}`);
    return actions[action]!(input);
  };
  for (const [name, make] of Object.entries(PARTIES)) {
    const party = find(name);
    party.standIn = await make({
      clock: party.clock,
      address: party.address,
      addressOf: (other) => find(other).address,
      act,
      journal: (note) => journal.add({ party: name, note }),
      fault: (method, path) => faults.take(name, { method, path, text: () => path, isStep: true })?.effect ?? null,
    });
    party.server.use(party.standIn);
  }
  const reset = () => {
    faults.clear();
    journal.clear();
    for (const { clock } of running.values()) clock.skew(0);
  };
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
    endFault: (id) => faults.remove(id),
    time,
    get parties() {
      return [...running].map(([name, { address, clock, standIn }]) => ({
        name,
        address,
        now: clock.now(),
        ahead: clock.ahead,
        actions: Object.keys(standIn?.actions ?? {}).map((action) => ({
          name: action,
          help: standIn?.help?.[action] ?? null,
        })),
      }));
    },
    reset,
    async resetAll() {
      reset();
      time.reset();
      for (const { standIn } of running.values()) await standIn?.actions?.reset?.({});
    },
    skew: (party, seconds) => find(party).clock.skew(seconds),
    act: (party, action, input = {}) => act(party, action, input),
    async stop() {
      await Promise.all(
        [...running.values()].map(({ server, standIn }) => Promise.all([server.close(), standIn?.stop?.()])),
      );
    },
  };
}
