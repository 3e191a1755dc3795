import { errorCatalogue } from '../../../src/platform/errors.ts';
import type { Route } from '../../../src/platform/http/route.ts';

/** Text that callers must not see: paths of the code, names of errors, statements of the database. */
const LEAKS: readonly RegExp[] = [
  /\n\s+at [^\n]+:\d+/,
  /node_modules|\/src\/[\w-]+\/|\.(ts|mjs|cjs):\d+/,
  /syntax error at or near|violates \w+[- ]?\w* constraint|duplicate key value|relation "|column "|invalid input syntax/,
  /out of range for type|invalid byte sequence|unsupported Unicode escape|current transaction is aborted/,
  /\bselect\b[^"]{1,80}\bfrom\b|\binsert into\b|\bupdate \w+ set\b/i,
  /ECONNREFUSED|pg_catalog|hovedbok_app|pgboss/,
];

let codes: ReadonlyMap<string, number> | undefined;

export interface Seen {
  status: number;
  text: string;
  type: string;
}

/** The fault of a response; undefined if there is none. */
export function fault(route: Route, { status, text, type }: Seen): string | undefined {
  if (status >= 500) {
    // Errors of parties that the server was started without are expected.
    if (status === 503 && isErrorBody(text, status)) return undefined;
    return `status ${status}`;
  }
  if (status >= 400) {
    const wrong = wrongErrorBody(text, status, type);
    if (wrong) return wrong;
    const leak = LEAKS.find((pattern) => pattern.test(text));
    if (leak) return `the answer tells ${leak.exec(text)![0]}`;
    return undefined;
  }
  if (status >= 300) return undefined;
  const declared = route.status ?? 200;
  if (status !== declared && !(route.asJob && status === 202)) return `status ${status} is not declared`;
  return undefined;
}

function isErrorBody(text: string, status: number): boolean {
  return wrongErrorBody(text, status, 'application/json') === undefined;
}

/** Reports how a body differs from the documented `{error, message, status, details: {code, ...}}`. */
export function wrongErrorBody(text: string, status: number, type: string): string | undefined {
  if (!type.startsWith('application/json')) return `an error of type ${type || 'none'}`;
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return 'an error that is no JSON';
  }
  const keys = Object.keys(body).toSorted().join();
  if (keys !== 'details,error,message,status') return `an error body of ${keys}`;
  if (typeof body.error !== 'string' || typeof body.message !== 'string') return 'an error without a sentence';
  if (body.status !== status) return `an error body that says ${String(body.status)}`;
  const { code } = (body.details ?? {}) as { code?: unknown };
  codes ??= new Map(errorCatalogue().map((each) => [each.code, each.spec.status]));
  if (codes.get(String(code)) !== status)
    return `the code ${String(code)}, which is not of the catalogue with ${status}`;
  return undefined;
}
