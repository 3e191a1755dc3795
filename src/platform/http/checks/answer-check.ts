import { assert } from '../../../kernel/assert.ts';
import { shapeFaults } from './check.ts';
import type { Route } from '../route.ts';

/** Holds an answer against the shape its route declares: what the API documents is what it says. */
export function validateAnswer(route: Route, _status: number, value: unknown): void {
  if (!route.response) return;
  // As the client sees it: after JSON, so that a Date or an undefined is judged as what it becomes.
  const faults = shapeFaults(route.response, JSON.parse(JSON.stringify(value)));
  assert(faults.length === 0, `${route.method} ${route.path} answers what it does not declare: ${faults.join('; ')}`);
}
