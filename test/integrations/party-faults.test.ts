import { describe, expect, test } from 'vitest';
import { MovingClock, testSandbox } from '../support/sandbox.ts';
import { bankPartyCalls } from './bank-party-calls.ts';
import { consumerPartyCalls } from './consumer-party-calls.ts';
import { customerPartyCalls } from './customer-party-calls.ts';
import { type FaultCall, FAULTS, faultTable, textOf, told, underFault } from './faults.ts';
import { registerPartyCalls } from './register-party-calls.ts';
import { peppolPartyCalls } from './peppol-party-calls.ts';
import { userPartyCalls } from './user-party-calls.ts';
import { vatPartyCalls } from './vat-party-calls.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);

/** Every call of ours to a party outside. A new party adds a file of its calls, and a line here. */
const CALLS: readonly FaultCall[] = [
  ...(await userPartyCalls(sandbox, clock)),
  ...(await customerPartyCalls(sandbox, clock)),
  ...(await vatPartyCalls(sandbox, clock)),
  ...(await registerPartyCalls(sandbox, clock)),
  ...(await bankPartyCalls(sandbox, clock)),
  ...(await peppolPartyCalls(sandbox, clock)),
  ...(await consumerPartyCalls(sandbox, clock)),
];

/** What a fault that does no harm to what we need may leave as it was: the answer was good all the same. */
const HARMLESS = new Set(['no content type', 'content type text/plain', 'empty', 'other types', 'half an answer']);

const HEAD = `# What a fault of a party outside gives

Written by \`npx vitest run party-faults -u\`. Each fault hits every request of the call until it ends; the next good answer heals
it. An answer of 500 or more names the party, and nothing is half stored.
`;

const rows: { call: FaultCall; fault: string; answer: string }[] = [];

describe.each(CALLS.map((call) => [`${call.service}: ${call.name}`, call] as const))('%s', (_, call) => {
  test('every fault names the party, leaves nothing half done, and is healed by the next good answer', async () => {
    for (const fault of FAULTS) {
      const answer = await underFault(sandbox, call, fault);
      const words = (call.told ?? told)(answer);
      const allowed = call.allowed?.[fault.name] ?? call.allowed?.['*'];
      const harmless = answer.status === call.healthy && HARMLESS.has(fault.name);
      if (call.failed) {
        // Whoever follows what the party has done, reaches the whole answer though the first one was lost.
        if (words !== call.whole) expect([fault.name, words]).toEqual([fault.name, expect.stringMatching(call.failed)]);
      } else if (answer.status !== allowed && !harmless) {
        expect([fault.name, answer.status]).toEqual([fault.name, expect.toBeOneOf([500, 502, 503, 504])]);
        expect([fault.name, textOf(answer)]).toEqual([fault.name, expect.stringContaining(call.service)]);
        expect([fault.name, textOf(answer)]).not.toEqual([fault.name, expect.stringContaining('request.internal')]);
      }
      rows.push({ call, fault: fault.name, answer: words });
      await call.prepare?.();
      clock.pass(31);
      const healed = await call.ask(false);
      expect([fault.name, healed.status]).toEqual([fault.name, call.healthy]);
      if (call.whole) expect([fault.name, call.told?.(healed)]).toEqual([fault.name, call.whole]);
    }
  }, 300_000);
});

test('docs/party-faults.md is current', async () => {
  expect(rows.length).toBe(CALLS.length * FAULTS.length);
  await expect(`${HEAD}\n${faultTable(rows)}`).toMatchFileSnapshot('../../docs/party-faults.md');
});
