import { afterAll } from 'vitest';
import { testOwnerConnection } from '../../support/database/database.ts';
import { testRendering } from '../../support/server/rendering.ts';
import { type Attacked, type AttackedOptions, startAttacked } from './server.ts';

/** The whole server on the run's database; stopped at the end of the test file. */
export async function attacked(options: Omit<AttackedOptions, 'connection'> = {}): Promise<Attacked> {
  const running = await startAttacked({ connection: testOwnerConnection(), rendering: testRendering(), ...options });
  afterAll(() => running.close());
  return running;
}
