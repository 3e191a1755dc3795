import { assert } from '../../../kernel/assert.ts';
import { shapeFaults } from './check.ts';
import type { Route } from '../route.ts';

/** Validates a response against the schema of its route, so that the API's description is accurate. */
export function validateAnswer(route: Route, _status: number, value: unknown): void {
  if (!route.response) return;
  // As the client sees it: after JSON serialisation, which changes a Date or an undefined.
  const faults = shapeFaults(route.response, JSON.parse(JSON.stringify(value)));
  assert(faults.length === 0, `${route.method} ${route.path} answers what it does not declare: ${faults.join('; ')}`);
}
