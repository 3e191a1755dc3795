import { assert } from '../../kernel/assert.ts';
import type { Route } from './route.ts';
import { checker } from './schema.ts';

const checks = new WeakMap<Route, ReturnType<typeof checker>>();

/** Holds an answer against the shape its route declares: what the API documents is what it says. */
export function validateAnswer(route: Route, _status: number, value: unknown): void {
  if (!route.response) return;
  let check = checks.get(route);
  if (!check) checks.set(route, (check = checker(route.response, 'body')));
  // As the client sees it: after JSON, so that a Date or an undefined is judged as what it becomes.
  const { problems } = check(JSON.parse(JSON.stringify(value)));
  const list = problems.map(({ path, problem }) => `${path} ${problem.en}`).join('; ');
  assert(problems.length === 0, `${route.method} ${route.path} answers what it does not declare: ${list}`);
}
