import sql from 'sql-template-tag';
import type { FiscalCalendar } from '../kernel/fiscal-year.ts';
import type { LocalDate } from '../kernel/local-date.ts';
import { parsePercent, type Percent } from '../kernel/money.ts';
import type { Database, Transaction } from '../platform/database/pool.ts';
import { readFiscalCalendar } from './fiscal-years/fiscal-calendar.ts';

export interface PostingAccount {
  code: string;
  id: number;
  isActive: boolean;
  mandatoryDimensions: readonly string[];
}

export interface PostingTaxCode {
  code: string;
  standardCode: string;
  direction: 'sale' | 'purchase' | 'reverse' | 'none';
  outputAccount: string | null;
  deductionAccount: string | null;
  deduction: Percent;
  isImportPaid: boolean;
  activeFrom: LocalDate;
  activeTo: LocalDate | null;
  rates: readonly { from: LocalDate; to: LocalDate | null; rate: Percent }[];
}

/**
 * What a posting needs to know about a client account: chart, VAT codes, dimension sets in use. A copy in memory; every
 * posting compares its version under the row lock, so changes made on another node are always seen.
 */
export interface Masters {
  clientAccountId: number;
  version: number;
  fiscalCalendar: FiscalCalendar;
  /** The client account's own accounts, and its settings for national ones; the national chart is the fallback. */
  own: ReadonlyMap<string, PostingAccount>;
  /** Accounts that have a row of the client account, so that lines can refer to them. */
  used: Set<string>;
  taxCodes: ReadonlyMap<string, PostingTaxCode>;
  /** Dimension set ids by their key `type:id,type:id`. Filled as postings use them. */
  sets: Map<string, number>;
  /** Business partners known to exist and be active. */
  partners: Set<number>;
}

export type Chart = ReadonlyMap<string, PostingAccount>;

interface AccountRow {
  account_code: string;
  id: number;
  is_active: boolean;
  mandatory_dimensions: string[] | null;
}

export async function loadNationalChart(tx: Transaction): Promise<Chart> {
  const rows = await tx.rows<AccountRow>(
    sql`select account_code, id, is_active, mandatory_dimensions from gl_accounts`,
  );
  return new Map(rows.map((row) => [row.account_code, postingAccount(row, [])]));
}

export async function loadMasters(tx: Transaction, clientAccountId: number, national: Chart): Promise<Masters> {
  const head = await tx.one<{ masters_version: number }>(
    sql`select masters_version from client_account_heads where client_account_id = ${clientAccountId}`,
  );
  const accounts = await tx.rows<AccountRow>(sql`
    select account_code, id, is_active, mandatory_dimensions from client_gl_accounts where client_account_id = ${clientAccountId}`);
  return {
    clientAccountId,
    version: head.masters_version,
    fiscalCalendar: await readFiscalCalendar(tx, clientAccountId),
    own: new Map(
      accounts.map((row) => [
        row.account_code,
        postingAccount(row, national.get(row.account_code)?.mandatoryDimensions ?? []),
      ]),
    ),
    used: new Set(accounts.map((row) => row.account_code)),
    taxCodes: await loadTaxCodes(tx, clientAccountId),
    sets: new Map(),
    partners: new Set(),
  };
}

function postingAccount(row: AccountRow, inherited: readonly string[]): PostingAccount {
  return {
    code: row.account_code,
    id: row.id,
    isActive: row.is_active,
    mandatoryDimensions: row.mandatory_dimensions ?? inherited,
  };
}

async function loadTaxCodes(tx: Transaction, clientAccountId: number): Promise<Map<string, PostingTaxCode>> {
  const rows = await tx.rows<{
    code: string;
    standard_code: string;
    direction: PostingTaxCode['direction'];
    tax_account_code: string | null;
    acquisition_tax_account_code: string | null;
    deduction_percent: string;
    is_import_paid: boolean;
    active_from: LocalDate;
    active_to: LocalDate | null;
    rates: { from: LocalDate; to: LocalDate | null; rate: string }[];
  }>(sql`
    select t.code, t.standard_code, t.direction, t.tax_account_code, t.acquisition_tax_account_code, t.deduction_percent,
      t.is_import_paid, t.active_from, t.active_to,
      coalesce((select json_agg(json_build_object('from', r.valid_from, 'to', r.valid_to, 'rate', r.rate::text) order by r.valid_from)
        from tax_code_rates r where r.client_account_id = t.client_account_id and r.code = t.code), '[]') as rates
    from tax_codes t where t.client_account_id = ${clientAccountId}`);
  return new Map(
    rows.map((row) => [
      row.code,
      {
        code: row.code,
        standardCode: row.standard_code,
        direction: row.direction,
        outputAccount: row.tax_account_code,
        deductionAccount: row.acquisition_tax_account_code,
        deduction: parsePercent(row.deduction_percent),
        isImportPaid: row.is_import_paid,
        activeFrom: row.active_from,
        activeTo: row.active_to,
        rates: row.rates.map((rate) => ({ from: rate.from, to: rate.to, rate: parsePercent(rate.rate) })),
      },
    ]),
  );
}

/** The account by code, with the client account's settings applied. */
export function findAccount(masters: Masters, national: Chart, code: string): PostingAccount | undefined {
  return masters.own.get(code) ?? national.get(code);
}

/** The rate in force on a date, or null if the code had none. */
export function rateOn(code: PostingTaxCode, date: LocalDate): Percent | null {
  const hit = code.rates.find((rate) => rate.from <= date && (rate.to === null || date <= rate.to));
  return hit ? hit.rate : null;
}

const LARGEST_CACHE = 5_000;

/** Masters of the client accounts with recent postings. One cache per database handle. */
export class MastersCache {
  readonly #database: Database;
  readonly #entries = new Map<number, Masters>();
  #national: Chart | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Pass the transaction if there is one: a caller that held one connection while waiting for another would deadlock
   * once all callers do so.
   */
  async national(tx?: Transaction): Promise<Chart> {
    this.#national ??= await (tx
      ? loadNationalChart(tx)
      : this.#database.transaction({ clientAccounts: [], mode: 'read' }, loadNationalChart));
    return this.#national;
  }

  /** The copy in memory, which may be out of date. */
  known(clientAccountId: number): Masters | undefined {
    return this.#entries.get(clientAccountId);
  }

  /** The cached copy if it has this version; otherwise a fresh copy, read in the posting's own transaction. */
  async at(tx: Transaction, clientAccountId: number, version: number): Promise<Masters> {
    const known = this.#entries.get(clientAccountId);
    if (known?.version === version) return known;
    const fresh = await loadMasters(tx, clientAccountId, await this.national(tx));
    this.#entries.delete(clientAccountId);
    this.#entries.set(clientAccountId, fresh);
    if (this.#entries.size > LARGEST_CACHE) this.#entries.delete(this.#entries.keys().next().value!);
    return fresh;
  }

  /** After a rollback: what the transaction added to the copy does not exist. */
  forget(clientAccountId: number): void {
    this.#entries.delete(clientAccountId);
  }
}
