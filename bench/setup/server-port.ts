import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The port that a started server says it listens on. */
export async function portOf(child: ChildProcess): Promise<number> {
  for await (const line of createInterface(child.stdout!)) {
    const found = /runs at http:\/\/.*:(\d+)$/.exec(line);
    if (found) return Number(found[1]);
  }
  throw new Error('the server did not start');
}
