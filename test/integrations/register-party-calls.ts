import type { Sandbox } from '../../sandbox/sandbox.ts';
import { integrationRoutes } from '../../src/integrations/index.ts';
import { openBooks, testPlatform } from '../support/books/books.ts';
import { apiOf } from '../support/http/domain-api.ts';
import { connect, type MovingClock } from '../support/outside/sandbox.ts';
import type { FaultCall } from './faults.ts';

/** Our call to Enhetsregisteret. Its responses are cached for hours, so each call is about another unit. */
export async function registerPartyCalls(sandbox: Sandbox, clock: MovingClock): Promise<FaultCall[]> {
  const [patient, hasty] = await Promise.all(
    [{}, { timeoutMs: 500 }].map(async (more) =>
      apiOf(integrationRoutes, { ...testPlatform(clock), outside: (await connect(sandbox, clock, more)).outside }),
    ),
  );
  const { token } = await openBooks({ clock });
  let last = 33_000_000;
  let number = '';
  const organizationNumber = (): string => {
    for (;;) {
      const digits = String(last++);
      const sum = [3, 2, 7, 6, 5, 4, 3, 2].reduce((left, weight, i) => left + weight * Number(digits[i]), 0);
      const check = (11 - (sum % 11)) % 11;
      if (check !== 10) return `${digits}${check}`;
    }
  };
  return [
    {
      party: 'enhetsregisteret',
      service: 'Enhetsregisteret',
      name: 'a unit (GET /integrations/enhetsregisteret/organizations/{number})',
      path: '.',
      healthy: 200,
      // The register's response about the number itself.
      allowed: { '404': 404, '410': 404 },
      prepare: async () => {
        clock.pass(31);
        number = organizationNumber();
        await sandbox.act('enhetsregisteret', 'register', { organizationNumber: number, name: 'NY ENHET AS' });
      },
      ask: (isSlow) =>
        (isSlow ? hasty : patient)!('GET', `/integrations/enhetsregisteret/organizations/${number}`, token),
    },
  ];
}
