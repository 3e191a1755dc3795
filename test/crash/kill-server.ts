import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import type { Embedded } from '../../src/platform/database/embedded/embedded.ts';

/**
 * kill -9. `server`: the postmaster and every process below it at once, as when the machine loses power. `postmaster`:
 * only that process; its backends notice by themselves. `backend`: one that serves a posting; PostgreSQL then closes
 * all connections and recovers by itself.
 */
export async function killServer(server: Embedded, how: 'server' | 'postmaster' | 'backend'): Promise<void> {
  if (how === 'backend') return kill([await aPostingBackend(server)]);
  // Stopped first, so that no new process appears between listing and killing.
  process.kill(server.pid, 'SIGSTOP');
  const below = how === 'server' ? childrenOf(server.pid) : [];
  kill([server.pid, ...below]);
  await server.ended;
}

function kill(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It ended in the meantime.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

async function aPostingBackend(server: Embedded): Promise<number> {
  const client = new pg.Client(server.connection);
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>(`
      select pid from pg_stat_activity where application_name = 'hovedbok'
      order by state = 'active' desc, xact_start nulls last limit 1`);
    return rows[0]!.pid;
  } finally {
    await client.end();
  }
}

function childrenOf(parent: number): number[] {
  if (process.platform !== 'linux') {
    const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    return [...listed.matchAll(/(\d+)\s+(\d+)/g)].filter((m) => Number(m[2]) === parent).map((m) => Number(m[1]));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

/** proc(5): the fields after the name in parentheses are state and parent. */
function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
