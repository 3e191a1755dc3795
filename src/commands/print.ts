import { visible } from '../kernel/visible.ts';

/** To standard output. Control characters in names and files are shown and never reach the terminal. */
export function print(text: string): void {
  process.stdout.write(`${visible(text)}\n`);
}

/** To standard error, likewise. */
export function printError(text: string): void {
  process.stderr.write(`${visible(text)}\n`);
}
