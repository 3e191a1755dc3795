/** Stops the operation when an invariant is violated. Stays on in production: wrong books are worse than a 500. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message);
}

export class AssertionFailed extends Error {
  override name = 'AssertionFailed';
}

export function unreachable(value: never): never {
  throw new AssertionFailed(`unreachable: ${JSON.stringify(value)}`);
}
