import { assert } from '../kernel/assert.ts';
import { SCOPES } from '../platform/caller.ts';
import type { Call, Operation, Platform } from '../platform/operation.ts';
import { callerOfUser } from '../tenancy/index.ts';

/**
 * A demo person as a caller of operations. Every call has a key, so that an incomplete demo is finished instead of
 * duplicated.
 */
export interface Actor {
  run<I, O>(operation: Operation<I, O>, clientAccountId: number | null, key: string, input: I): Promise<O>;
}

export async function actor(platform: Platform, userId: number | undefined): Promise<Actor> {
  assert(userId !== undefined, 'the people of the demo are made together');
  const caller = await callerOfUser(platform.database, userId, SCOPES, platform.clock.now());
  return {
    async run(operation, clientAccountId, key, input) {
      const call: Call = { caller, clientAccountId, idempotencyKey: `demo ${clientAccountId ?? ''} ${key}` };
      return (await operation.call(platform, call, input)).value;
    },
  };
}
