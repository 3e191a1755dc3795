import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/platform/package-root.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { MovingClock, testSandbox } from '../support/outside/sandbox.ts';
import { bankPartyCalls } from './bank-party-calls.ts';
import { consumerPartyCalls } from './consumer-party-calls.ts';
import { customerPartyCalls } from './customer-party-calls.ts';
import { type FaultCall, FAULTS, faultTable, textOf, outcomeOf, underFault } from './faults.ts';
import { registerPartyCalls } from './register-party-calls.ts';
import { peppolPartyCalls } from './peppol-party-calls.ts';
import { userPartyCalls } from './user-party-calls.ts';
import { vatPartyCalls } from './vat-party-calls.ts';

interface Party {
  sandbox: Sandbox;
  clock: MovingClock;
  calls: readonly FaultCall[];
}

/** Our calls to external parties, grouped by the kind of request. A new party adds a file of its calls, and a line here. */
const OF_PARTIES = [
  userPartyCalls,
  customerPartyCalls,
  vatPartyCalls,
  registerPartyCalls,
  bankPartyCalls,
  peppolPartyCalls,
  consumerPartyCalls,
];

/** Each with separate stand-ins and clock, so that they wait for silent parties concurrently. */
const PARTIES: readonly Party[] = await Promise.all(
  OF_PARTIES.map(async (callsOf) => {
    const clock = new MovingClock();
    const sandbox = await testSandbox(clock);
    return { sandbox, clock, calls: await callsOf(sandbox, clock) };
  }),
);
const CALLS = PARTIES.flatMap(({ calls }) => calls);

/** The result under a fault that does not affect the needed part of the response: the response was good nevertheless. */
const HARMLESS = new Set(['no content type', 'content type text/plain', 'empty', 'other types', 'half an answer']);

const HEAD = `# What a fault of a party outside gives

Written by \`npx vitest run party-faults -u\`. Each fault hits every request of the call until it ends; the next good answer heals
it. An answer of 500 or more names the party, and nothing is half stored.
`;

const rows = new Map<string, { call: FaultCall; fault: string; answer: string }>();

const serviceNames = ({ calls }: Party) => [...new Set(calls.map(({ service }) => service))].join(', ');

describe.concurrent.each(PARTIES.map((party) => [serviceNames(party), party] as const))('%s', (_, party) => {
  test('every fault names the party, leaves nothing half done, and is healed by the next good answer', async ({
    expect,
  }) => {
    const { sandbox, clock, calls } = party;
    for (const call of calls) {
      for (const fault of call.faults ?? FAULTS) {
        const where = `${call.name}: ${fault.name}`;
        const answer = await underFault(sandbox, call, fault);
        const words = (call.outcomeOf ?? outcomeOf)(answer);
        const allowed = call.allowed?.[fault.name] ?? call.allowed?.['*'];
        const harmless = answer.status === call.healthy && HARMLESS.has(fault.name);
        if (call.failed) {
          // A caller that follows up the party's state gets the whole result even if the first response was lost.
          if (words !== call.whole) expect([where, words]).toEqual([where, expect.stringMatching(call.failed)]);
        } else if (answer.status !== allowed && !harmless) {
          expect([where, answer.status]).toEqual([where, expect.toBeOneOf([500, 502, 503, 504])]);
          expect([where, textOf(answer)]).toEqual([where, expect.stringContaining(call.service)]);
          expect([where, textOf(answer)]).not.toEqual([where, expect.stringContaining('request.internal')]);
        }
        rows.set(`${CALLS.indexOf(call)} ${fault.name}`, { call, fault: fault.name, answer: words });
        await call.prepare?.();
        clock.pass(31);
        const healed = await call.ask(false);
        expect([where, healed.status]).toEqual([where, call.healthy]);
        if (call.whole) expect([where, call.outcomeOf?.(healed)]).toEqual([where, call.whole]);
      }
    }
  }, 900_000);
});

/** The faults that were tried on each call, for any response: on a busy machine another limit may be reached first. */
function tried(table: string): string[] {
  return table
    .split('### ')
    .slice(1)
    .map((section) => {
      const [heading, ...lines] = section.split('\n');
      const faults = lines.slice(3).flatMap((line) => line.split(' | ').at(-1)?.replace(/ \|$/, '').split(', ') ?? []);
      return `${heading}: ${faults
        .filter((name) => name.trim() !== '')
        .toSorted((one, other) => (one < other ? -1 : 1))
        .join(', ')}`;
    });
}

test('docs/party-faults.md has every call and fault; without it, `npx vitest run party-faults -u` writes it anew', async () => {
  const inOrder = CALLS.flatMap((call, at) =>
    (call.faults ?? FAULTS).flatMap(({ name }) => rows.get(`${at} ${name}`) ?? []),
  );
  expect(inOrder).toHaveLength(CALLS.reduce((sum, { faults = FAULTS }) => sum + faults.length, 0));
  const table = `${HEAD}\n${faultTable(inOrder)}`;
  const path = join(packageRoot, 'docs/party-faults.md');
  const kept = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (JSON.stringify(tried(kept)) !== JSON.stringify(tried(table))) await expect(table).toMatchFileSnapshot(path);
});
