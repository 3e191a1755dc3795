import type { FuzzRequest } from './request.ts';

/** Attempts to minimise one request; more would cost more than they reveal. */
const MOST_ATTEMPTS = 60;

/**
 * Minimises the request by removing everything that `failsStill` does not need: query parameters, headers, fields at any
 * depth, long texts.
 */
export async function smallest(
  request: FuzzRequest,
  failsStill: (smaller: FuzzRequest) => Promise<boolean>,
): Promise<FuzzRequest> {
  let best = request;
  let left = MOST_ATTEMPTS;
  for (let again = true; again && left > 0;) {
    again = false;
    for (const smaller of smallerThan(best)) {
      if (left-- <= 0) break;
      if (!(await failsStill(smaller))) continue;
      best = smaller;
      again = true;
      break;
    }
  }
  return best;
}

function* smallerThan(request: FuzzRequest): Generator<FuzzRequest> {
  const { query, headers, body } = request;
  if (query.length > 3) yield { ...request, query: query.slice(0, Math.floor(query.length / 2)) };
  if (query.length > 3) yield { ...request, query: query.slice(Math.floor(query.length / 2)) };
  for (let i = 0; i < Math.min(query.length, 20); i++) yield { ...request, query: query.filter((_, at) => at !== i) };
  for (const name of Object.keys(headers)) {
    if (name !== 'content-type') yield { ...request, headers: without(headers, name) as Record<string, string> };
  }
  if (request.raw === undefined) for (const smaller of smallerValues(body)) yield { ...request, body: smaller };
}

function without(object: object, ...names: string[]): object {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function* smallerValues(value: unknown): Generator {
  if (typeof value === 'string' && value.length > 40) yield value.slice(0, value.length / 2);
  if (Array.isArray(value)) {
    for (let i = 0; i < Math.min(value.length, 10); i++) yield value.filter((_, at) => at !== i);
    for (const [i, each] of value.slice(0, 10).entries())
      for (const smaller of smallerValues(each)) yield value.map((one, at) => (at === i ? smaller : (one as unknown)));
  } else if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value);
    if (names.length > 8) yield without(value, ...names.slice(0, names.length / 2));
    if (names.length > 8) yield without(value, ...names.slice(names.length / 2));
    for (const name of names.slice(0, 30)) yield without(value, name);
    for (const name of names.slice(0, 30))
      for (const smaller of smallerValues((value as Record<string, unknown>)[name]))
        yield { ...value, [name]: smaller };
  }
}
