import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Drops a database with its open connections. Autovacuum may be connected for a moment, and only a superuser can end
 * it: the drop is retried for twenty seconds.
 */
export async function dropDatabase(run: (statement: string) => Promise<unknown>, name: string): Promise<void> {
  for (let again = 0; ; again++) {
    try {
      await run(`drop database if exists ${name} with (force)`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '42501' || again === 40) throw error;
      await sleep(500);
    }
  }
}
