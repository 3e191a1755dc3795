import { clientAccountOf } from '../kernel/ids.ts';
import { invalid, problem } from '../platform/errors.ts';
import { Type } from '../platform/http/schema.ts';

/** Fields that the server sets: accepted in an update, so that a fetched record can be sent back, and ignored. */
export function readOnly<const N extends string>(...names: N[]) {
  return Object.fromEntries(names.map((name) => [name, Type.Optional(Type.Unknown({ readOnly: true }))])) as Record<
    N,
    ReturnType<typeof Type.Optional<ReturnType<typeof Type.Unknown>>>
  >;
}

export const AUDIT_FIELDS = ['id', 'created_at', 'created_by_id', 'updated_at', 'updated_by_id'] as const;

/** A record never moves to another client account: a different one in an update is an error and not ignored. */
export function requireSameClientAccount(id: number, given: number | undefined): void {
  if (given === undefined || given === clientAccountOf(id)) return;
  throw invalid([
    problem('client_account_id', 'cannot be changed after creation', 'kan ikke endres etter opprettelsen'),
  ]);
}
