import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { BankFileAccount, BankStatement } from '../formats/bank-file.ts';
import type { BankFaults } from '../formats/fault.ts';

export interface HouseAccount {
  id: number;
  bban: string | null;
  iban: string | null;
  currency_code: string;
  statement_start_date: LocalDate | null;
  is_active: boolean;
}

/** The bank accounts of a client account, by their identifiers in bank files. */
export class HouseAccounts {
  readonly #ours: HouseAccount[];
  /** Every account, ours first, by number and IBAN. */
  readonly #byNumber = new Map<string, number>();

  private constructor(rows: readonly (HouseAccount & { business_partner_id: number | null })[]) {
    this.#ours = rows.filter((row) => row.business_partner_id === null);
    for (const row of rows)
      for (const number of [row.bban, row.iban])
        if (number !== null && !this.#byNumber.has(number)) this.#byNumber.set(number, row.id);
  }

  static async read(tx: Transaction, clientAccountId: number): Promise<HouseAccounts> {
    const rows = await tx.prepared<HouseAccount & { business_partner_id: number | null }>(
      'bank-house-accounts',
      sql`
      select id, business_partner_id, bban, iban, currency_code, statement_start_date, is_active from bank_accounts
      where client_account_id = ${clientAccountId} and (is_active or business_partner_id is null)
      order by business_partner_id nulls first, is_active desc, id`,
    );
    return new HouseAccounts(rows);
  }

  /** The account of a counterparty, if known: another house account, or one of a business partner. */
  idOf(number: string | null): number | null {
    return number === null ? null : (this.#byNumber.get(number) ?? null);
  }

  /** The account of a statement, or null with the fault. `given`: the account that the sender named. */
  ofStatement(statement: BankStatement, given: number | null, faults: BankFaults): HouseAccount | null {
    const { account, index, place } = statement;
    const currency = statement.currency ?? account.currency;
    const at = { statement: index, line: place.line, path: place.path };
    const named = nameOf(account);
    const asked = given === null ? undefined : this.#ours.find(({ id }) => id === given);
    const fitting = named === null ? (asked ? [asked] : []) : this.#ours.filter((ours) => isNamed(ours, account));
    const found =
      fitting.find((one) => one.is_active && one.currency_code === currency) ??
      fitting.find((one) => one.is_active) ??
      fitting[0];
    const refuse = (...fault: Parameters<BankFaults['add']>) => {
      faults.add(...fault);
      return null;
    };
    if (!found)
      return named === null
        ? refuse('account-not-named', at)
        : refuse('account-unknown', { ...at, found: named, expected: this.#list() });
    if (asked && found.id !== asked.id)
      return refuse('account-other', { ...at, found: named, expected: asked.bban ?? asked.iban });
    if (!found.is_active) return refuse('account-inactive', { ...at, found: named ?? String(found.id) });
    if (currency !== null && currency !== found.currency_code)
      return refuse('account-currency', { ...at, found: currency, expected: found.currency_code });
    return found;
  }

  #list(): string {
    const numbers = this.#ours.filter((one) => one.is_active).map((one) => one.bban ?? one.iban);
    return numbers.length === 0 ? 'no bank account is registered yet' : numbers.join(', ');
  }
}

export function nameOf({ bban, iban, other }: BankFileAccount): string | null {
  return bban ?? iban ?? other;
}

function isNamed(ours: HouseAccount, { bban, iban, other }: BankFileAccount): boolean {
  if (iban !== null) return ours.iban === iban;
  if (bban !== null) return ours.bban === bban;
  return other !== null && ours.bban === other.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
}
