import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { fixedClock } from '../../../src/kernel/clock.ts';
import { ore } from '../../../src/kernel/money.ts';
import { importSafT, type SafTImportOutcome, type SafTImportResult } from '../../../src/saf-t-import/index.ts';
import { People } from '../books/people.ts';

/** Imports SAF-T files, each into a new client account unless one is given, and returns the results. */
export class SafTImports {
  readonly people = new People(fixedClock('2026-03-01T10:00:00Z'));
  readonly #folder = mkdtempSync(join(tmpdir(), 'hb-saf-t-imports-'));
  #userId: Promise<number> | undefined;

  get database() {
    return this.people.platform.database;
  }

  userId(): Promise<number> {
    return (this.#userId ??= this.people.user().then(({ id }) => id));
  }

  async close(): Promise<void> {
    await this.people.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async file(xml: string): Promise<string> {
    const path = join(this.#folder, 'file.xml');
    await writeFile(path, xml);
    return path;
  }

  async take(path: string, clientAccountId: number | null = null): Promise<SafTImportOutcome> {
    const { clock } = this.people.platform;
    const userId = await this.userId();
    return importSafT(this.database, clock, { path, fileName: 'f', clientAccountId, userId, reachable: [] });
  }

  async takeText(xml: string, clientAccountId: number | null = null): Promise<SafTImportOutcome> {
    return this.take(await this.file(xml), clientAccountId);
  }

  rows<R>(id: number, query: ReturnType<typeof sql>): Promise<R[]> {
    return this.database.transaction({ clientAccounts: [id], mode: 'read' }, (tx) => tx.rows<R>(query));
  }

  /** Debit − credit of the lines between two days, in kroner by account. */
  async balances(id: number, from = '1900-01-01', to = '2199-12-31'): Promise<Record<string, string>> {
    const found = await this.rows<{ account_code: string; balance: string }>(
      id,
      sql`select account_code, sum(debit) - sum(credit) as balance from journal_entry_lines
        where client_account_id = ${id} and entry_date between ${from} and ${to} group by account_code order by 1`,
    );
    return Object.fromEntries(found.map((row) => [row.account_code, (Number(ore(row.balance)) / 100).toFixed(2)]));
  }

  /** The vouchers of files, without openings and closings. */
  entries(id: number) {
    return this.rows<{ date: string; period: number; year: number; series: string; origin: Record<string, unknown> }>(
      id,
      sql`select entry_date as date, period, fiscal_year as year, series, origin from journal_entries
        where client_account_id = ${id} and source = 'saf-t' order by id`,
    );
  }
}

export function resultOf(outcome: SafTImportOutcome): SafTImportResult {
  if (outcome.status === 'refused') throw new Error(JSON.stringify(outcome.errors, null, 1));
  return outcome.result;
}

/** Codes of the faults for which a file was refused. */
export function codesOf(outcome: SafTImportOutcome): string[] {
  if (outcome.status === 'succeeded') throw new Error('the file was taken in');
  return outcome.errors.map(({ code }) => code);
}

export function warningsOf(result: SafTImportResult): string[] {
  return [...new Set(result.warnings.map(({ code }) => code))].sort();
}
