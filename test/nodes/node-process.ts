import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/platform/package-root.ts';

/** Far longer than a start takes; for a machine with other load. */
const START_WITHIN_MS = 120_000;

const main = join(packageRoot, 'dist', 'main.js');

/** Bundles the program as `npm start` does; each file appears whole, also under a running process. */
export function buildProgram(): void {
  execFileSync(process.execPath, [join(packageRoot, 'scripts', 'build.mjs')], { stdio: 'inherit' });
}

/** How a process ended: its exit code, or the signal that ended it. */
export type Ended = number | NodeJS.Signals;

/** `hovedbok serve` or `hovedbok worker` in a separate process, with an exclusive data folder. */
export class NodeProcess {
  /** Where a server answers, such as `http://127.0.0.1:40123`; empty for a worker. */
  address = '';
  readonly dataDir: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  readonly #keepsData: boolean;
  #output = '';
  /** The test ended it. */
  #asked = false;

  private constructor(command: 'serve' | 'worker', env: Record<string, string>, dataDir: string | undefined) {
    this.dataDir = dataDir ?? mkdtempSync(join(tmpdir(), 'hb-node-'));
    this.#keepsData = dataDir !== undefined;
    const { PATH = '' } = process.env;
    this.#child = spawn(process.execPath, [main, command], {
      env: { PATH, HOST: '127.0.0.1', PORT: '0', DEMO: '0', LOG_LEVEL: 'warn', DATA_DIR: this.dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout!.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#ended = once(this.#child, 'exit').then(([code, signal]) => {
      if (!this.#asked) console.error(`process ${this.pid} ended by itself: ${this.#output}`);
      return (code ?? signal) as Ended;
    });
  }

  /** Resolves when it has printed its greeting. `dataDir`: a data folder that outlives it. */
  static async start(command: 'serve' | 'worker', env: Record<string, string>, dataDir?: string): Promise<NodeProcess> {
    const node = new NodeProcess(command, env, dataDir);
    try {
      await node.#greeted();
    } catch (error) {
      await node.kill();
      throw error;
    }
    return node;
  }

  async #greeted(): Promise<void> {
    const greeting = /Hovedbok runs at (\S+)|Hovedbok works in the background/;
    const greeted = new Promise<RegExpExecArray>((resolve) => {
      const look = () => {
        const found = greeting.exec(this.#output);
        if (found) resolve(found);
      };
      this.#child.stdout!.on('data', look);
    });
    const early = this.#ended.then((how) => Promise.reject(new Error(`ended before its greeting (${how})`)));
    early.catch(() => {});
    const found = await within(Promise.race([greeted, early]), START_WITHIN_MS, () => `no greeting: ${this.#output}`);
    this.address = found[1] ?? '';
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Standard output and the log. */
  get output(): string {
    return this.#output;
  }

  signal(name: NodeJS.Signals): void {
    this.#asked = true;
    this.#child.kill(name);
  }

  /** Waits for its end; throws when it takes longer. */
  ended(withinMs: number): Promise<Ended> {
    return within(this.#ended, withinMs, () => `process ${this.pid} does not end: ${this.#output}`);
  }

  /** kill -9, and its data folder with it. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#ended;
    if (!this.#keepsData) rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** `hovedbok verify`: its output and exit code. */
export async function runCommand(args: string[], env: Record<string, string>): Promise<{ code: number; text: string }> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
}

export async function within<T>(promise: Promise<T>, ms: number, complaint: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${complaint()}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
