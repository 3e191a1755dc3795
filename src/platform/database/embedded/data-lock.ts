import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The node process that serves a data folder. `address` is known once it listens. */
export interface ServingNode {
  pid: number;
  /** Distinguishes a process from a later one with the same id. */
  startedAt: string;
  address?: string;
}

export class AlreadyServing extends Error {
  override name = 'AlreadyServing';
  readonly serving: ServingNode;
  constructor(dataDir: string, serving: ServingNode) {
    const where = serving.address ? ` at ${serving.address}` : '';
    super(`Already running${where} (process ${serving.pid}) on the data folder ${dataDir}`);
    this.serving = serving;
  }
}

export interface DataLock {
  /** Publishes this node's address to processes that try to start on the same data. */
  announce(address: string): void;
  release(): void;
}

/** The living node process that serves the data folder, if any. */
export function servingNode(dataDir: string): ServingNode | undefined {
  const holder = readHolder(lockFile(dataDir));
  return holder && isAlive(holder) ? holder : undefined;
}

/**
 * Locks the data folder for this process, or throws {@link AlreadyServing}. The lock of a dead process is taken over.
 */
export function lockData(dataDir: string): DataLock {
  const file = lockFile(dataDir);
  const me: ServingNode = { pid: process.pid, startedAt: processStart(process.pid) };
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(me), { mode: 0o644 });
  try {
    for (;;) {
      try {
        linkSync(mine, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = readHolder(file);
      if (holder && isAlive(holder)) throw new AlreadyServing(dataDir, holder);
      setAsideDeadLock(file, dataDir);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return {
    announce(address) {
      writeFileSync(mine, JSON.stringify({ ...me, address }), { mode: 0o644 });
      renameSync(mine, file);
    },
    release() {
      if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
    },
  };
}

/**
 * Renaming is atomic: of several starting processes one gets the dead lock; a process that got a live lock in a race
 * puts it back.
 */
function setAsideDeadLock(file: string, dataDir: string): void {
  const aside = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const holder = readHolder(aside);
  try {
    if (holder && isAlive(holder)) {
      linkSync(aside, file);
      throw new AlreadyServing(dataDir, holder);
    }
  } finally {
    rmSync(aside, { force: true });
  }
}

function lockFile(dataDir: string): string {
  return join(dataDir, 'serving.json');
}

function readHolder(file: string): ServingNode | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ServingNode;
  } catch {
    return undefined;
  }
}

function isAlive(holder: ServingNode): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return processStart(holder.pid) === holder.startedAt;
}

/** On Linux the start of the process in clock ticks since boot (proc(5), field 22 of stat); elsewhere empty. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
