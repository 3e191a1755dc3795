import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Drops a database with whoever is still connected. The server's own vacuum may be in it for a moment, which nobody but a superuser
 * can end: then it is tried again, for twenty seconds.
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
