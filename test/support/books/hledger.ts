import { spawnSync } from 'node:child_process';
import { type HledgerRequest, hledgerJournal } from '../../../src/hledger-export/index.ts';
import { addMonths, type LocalDate } from '../../../src/kernel/local-date.ts';
import type { Platform } from '../../../src/platform/operation.ts';

/** Debian package hledger. */
export const hasHledger = spawnSync('hledger', ['--version']).status === 0;

export function journalOf(
  { database }: Platform,
  clientAccountId: number,
  request: Partial<HledgerRequest> = {},
): Promise<string> {
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'read', streams: true }, async (tx) => {
    let text = '';
    const asked: HledgerRequest = { clientAccountId, from: null, to: null, language: 'nb', ...request };
    for await (const piece of hledgerJournal(tx, database, asked)) text += piece;
    return text;
  });
}

/** hledger's output; throws its message if it refuses. */
export function hledger(journal: string, args: string[]): string {
  const env = { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
  const run = spawnSync('hledger', ['-f', '-', ...args], { input: journal, encoding: 'utf8', env, maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`hledger ${args.join(' ')}: ${run.stderr.slice(0, 2000)}`);
  return run.stdout;
}

/** `{ '1920': [12300, ...] }`: øre by account code and month, of months in a row; zeros are left out of no account. */
export function monthlyBalances(
  journal: string,
  from: LocalDate,
  months: number,
  ...options: string[]
): Record<string, number[]> {
  const period = `monthly from ${from} to ${addMonths(from, months)}`;
  const csv = hledger(journal, [
    'balance',
    '-p',
    period,
    '--flat',
    '--no-total',
    '-O',
    'csv',
    '--layout=bare',
    ...options,
  ]);
  const rows = csv.trim().split('\n').slice(1);
  return Object.fromEntries(
    rows.map((row) => {
      const [account, , ...amounts] = row.slice(1, -1).split('","');
      if (amounts.length !== months) throw new Error(`${amounts.length} months instead of ${months}: ${row}`);
      return [account!.split(' ')[0]!, amounts.map((amount) => Math.round(Number(amount) * 100))];
    }),
  );
}
