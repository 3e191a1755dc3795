import { afterAll } from 'vitest';
import { environmentOf } from '../../../sandbox/environment.ts';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import { registerAtIdPorten, registerSystem, registerVendor } from '../../../sandbox/vendor.ts';
import { openIntegrations } from '../../../src/integrations/index.ts';
import type { Clock } from '../../../src/kernel/clock.ts';
import { readConfig } from '../../../src/platform/config.ts';
import type { Database } from '../../../src/platform/database/pool.ts';
import type { OutboundCall } from '../../../src/platform/outbound/outbound-call.ts';
import type { Outside } from '../../../src/platform/outbound/outside.ts';

/** A clock that a test moves. */
export class MovingClock implements Clock {
  #now: number;
  constructor(iso = '2026-03-15T10:00:00Z') {
    this.#now = Date.parse(iso);
  }
  now(): Date {
    return new Date(this.#now);
  }
  pass(seconds: number): void {
    this.#now += seconds * 1000;
  }
}

/** Outside-visible actions of our side. */
export interface Connected {
  outside: Partial<Outside> &
    Pick<
      Outside,
      | 'altinn'
      | 'altinn2'
      | 'dialogporten'
      | 'eiendom'
      | 'enhetsregisteret'
      | 'idPorten'
      | 'mvaMelding'
      | 'outbound'
      | 'peppol'
      | 'systemUsers'
    >;
  calls: OutboundCall[];
  /** Everything logged, as JSON. */
  logged: string[];
  /** The delays between attempts, in milliseconds; none of them is actually waited for. */
  waits: number[];
}

/** The stand-ins, for a test file; everything in it shares them and connects anew. Stopped at its end. */
export async function testSandbox(clock: Clock): Promise<Sandbox> {
  const sandbox = await startSandbox({ now: () => clock.now() });
  afterAll(() => sandbox.stop());
  return sandbox;
}

const vendors = new WeakMap<Sandbox, ReturnType<typeof registerVendor>>();
const idPortenVendors = new WeakMap<Sandbox, ReturnType<typeof registerAtIdPorten>>();

/** The callback address of test logins; nothing listens there. */
export const PUBLIC_URL = 'http://hovedbok.test';

/**
 * Connects to the stand-ins as the server does from its settings; `client` registers a separate one with its own key;
 * `environment`: settings that replace theirs.
 */
export async function connect(
  sandbox: Sandbox,
  clock: Clock,
  more: {
    client?: object;
    idPortenClient?: object;
    timeoutMs?: number;
    environment?: Record<string, string>;
    publicUrl?: string;
    database?: Database;
  } = {},
): Promise<Connected> {
  // Creating a key takes longer than most tests.
  const known = more.client ? undefined : vendors.get(sandbox);
  const registered = known ?? registerVendor(sandbox, more.client);
  if (!more.client) vendors.set(sandbox, registered);
  const vendor = await registered;
  // A system that a test has registered differently is kept only for that test.
  if (!more.client) await registerSystem(sandbox, vendor.clientId);
  const { publicUrl = PUBLIC_URL } = more;
  const ownClient = more.idPortenClient ?? (more.publicUrl ? {} : undefined);
  const atIdPorten =
    (ownClient ? undefined : idPortenVendors.get(sandbox)) ?? registerAtIdPorten(sandbox, publicUrl, ownClient);
  if (!ownClient) idPortenVendors.set(sandbox, atIdPorten);
  const config = readConfig({ ...(await environmentOf(sandbox, vendor, await atIdPorten)), ...more.environment });
  const logged: string[] = [];
  const waits: number[] = [];
  const keep = (...facts: unknown[]) => void logged.push(JSON.stringify(facts));
  const outside = openIntegrations(config, {
    clock,
    log: { info: keep, warn: keep, error: keep },
    sleep: async (ms) => void waits.push(ms),
    random: () => 0.5,
    publicUrl,
    ...(more.database ? { database: more.database } : {}),
    // Long, because a busy machine is no fault. Tests of slowness set their own.
    timeoutMs: more.timeoutMs ?? 10_000,
  }) as Connected['outside'];
  const calls: OutboundCall[] = [];
  outside.outbound.onCall((call) => void calls.push(call));
  return { outside, calls, logged, waits };
}
