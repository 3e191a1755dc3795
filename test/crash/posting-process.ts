import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { packageRoot } from '../../src/platform/package-root.ts';
import type { OwnerConnection } from '../support/database/global-setup.ts';
import type { Job, Message } from './posting-child.ts';

/** A moment is reached within milliseconds of work; the limit is for a machine with other load. */
const LONGEST_MS = 20_000;

/** Bundles the child once; Node does not run the sources directly (JSX). */
export async function bundleChild(): Promise<{ program: string; remove: () => void }> {
  const folder = join(packageRoot, '.tmp', `crash-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'posting-child.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'posting-child.ts')],
    outfile: program,
    bundle: true,
    // With its packages and small, because a hundred of them start.
    external: ['pg-native'],
    minify: true,
    platform: 'node',
    target: 'node22.13',
    format: 'cjs',
    logLevel: 'error',
  });
  return { program, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A separate process that posts until it is killed. Its output is stored line by line. */
export class PostingProcess {
  readonly messages: Message[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #ready: Promise<void>;
  readonly #answers: Promise<void>;
  #complaint = '';

  constructor(program: string, connection: OwnerConnection) {
    this.#child = spawn(process.execPath, [program, JSON.stringify(connection)], { stdio: ['pipe', 'pipe', 'pipe'] });
    const lines = createInterface(this.#child.stdout!);
    this.#child.stdin!.on('error', () => {});
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.#complaint += chunk.toString()));
    const lineOf = (what: string) =>
      new Promise<void>((resolve, reject) => {
        lines.on('line', (line) => line.startsWith(`{"${what}"`) && resolve());
        this.#child.once('exit', () => reject(new Error(`the posting process ended early: ${this.#complaint}`)));
      });
    lines.on('line', (line) => this.#keep(line));
    this.#ready = lineOf('ready');
    this.#answers = lineOf('answered');
    for (const waited of [this.#ready, this.#answers]) waited.catch(() => {});
    this.#ended = Promise.all([once(this.#child, 'exit'), once(lines, 'close')]);
  }

  /** The last line of a killed process may be truncated; it does not count. */
  #keep(line: string): void {
    try {
      this.messages.push(JSON.parse(line) as Message);
    } catch {
      // Truncated.
    }
  }

  async work(job: Job): Promise<void> {
    await this.#ready;
    this.#child.stdin!.write(`${JSON.stringify(job)}\n`);
  }

  /** Resolves when the first response has arrived; postings follow one another from then on. */
  answering(): Promise<void> {
    return this.#answers;
  }

  /**
   * Resolves when the process has ended itself at its crash point and all its output has arrived. Throws if it never
   * reached that point: then nothing was tested.
   */
  async endedAtItsMoment(): Promise<void> {
    const tooLong = setTimeout(() => this.#child.kill('SIGKILL'), LONGEST_MS);
    await this.#gone();
    clearTimeout(tooLong);
    if (!this.messages.some((line) => 'reached' in line))
      throw new Error('the posting process never came to its moment');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone();
  }

  async #gone(): Promise<void> {
    await this.#ended;
    if (this.#child.signalCode !== 'SIGKILL') throw new Error(`the posting process failed: ${this.#complaint}`);
  }
}
