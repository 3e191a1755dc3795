import { inject } from 'vitest';
import type { OwnerConnection } from './global-setup.ts';

/** A connection to the run's database as the owner of the schema, who bypasses row level security. */
export function testOwnerConnection(): OwnerConnection {
  return inject('ownerConnection');
}
