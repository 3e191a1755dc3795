import { assert } from '../kernel/assert.ts';
import { SCOPES } from '../platform/caller.ts';
import type { Call, Operation, Platform } from '../platform/operation.ts';
import { callerOfUser } from '../tenancy/index.ts';

/** A person of the demo as the operations know one. Every call has a key, so a half-made demo is finished, not doubled. */
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
