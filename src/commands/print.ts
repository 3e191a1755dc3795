import { visible } from '../kernel/visible.ts';

/** To standard output. What names and files bring along can be read, and never steers the terminal. */
export function print(text: string): void {
  process.stdout.write(`${visible(text)}\n`);
}

/** To standard error, likewise. */
export function printError(text: string): void {
  process.stderr.write(`${visible(text)}\n`);
}
