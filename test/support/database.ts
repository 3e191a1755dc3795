import { inject } from 'vitest';
import type { OwnerConnection } from './global-setup.ts';

/** A connection to the run's database as the owner of the schema, who is above the row-level wall. */
export function testOwnerConnection(): OwnerConnection {
  return inject('ownerConnection');
}
