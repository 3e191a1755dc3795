import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountNumberOfIban } from '../kernel/bank-account-number.ts';
import { packageRoot } from '../platform/package-root.ts';
import { csvRecords } from './formats/csv/csv-records.ts';

/** A bank with Norwegian account numbers: the register of Bits AS as of 2026-03 (db/data/bic.csv). */
export interface Bank {
  /** Eight characters. Some banks own two after mergers; each is a separate entry. */
  bic: string;
  name: string;
  /** Differs from NO if a foreign bank owns Norwegian numbers. */
  country: string;
  formerNames: string[];
}

interface Register {
  banks: Map<string, Bank>;
  /** Retired BIC to the one that took over. */
  retired: Map<string, string>;
  /** First four digits of an account number to BIC. */
  prefixes: Map<string, string>;
}

let register: Register | null = null;

/** All banks, by name. */
export function banks(): Bank[] {
  return [...load().banks.values()].sort((a, b) => a.name.localeCompare(b.name, 'nb') || (a.bic < b.bic ? -1 : 1));
}

/** By BIC of 8 or 11 characters in any case; for a retired one, the bank that took over. */
export function bankOfBic(bic: string): Bank | null {
  const { banks, retired } = load();
  const code = bic.trim().toUpperCase().slice(0, 8);
  return banks.get(code) ?? banks.get(retired.get(code) ?? '') ?? null;
}

/** By the first four digits, the bank's registration number. Null if no bank is registered with it. */
export function bankOfAccountNumber(accountNumber: string): Bank | null {
  const { banks, prefixes } = load();
  return banks.get(prefixes.get(accountNumber.slice(0, 4)) ?? '') ?? null;
}

/** By a Norwegian IBAN; null for other countries, which the register does not contain. */
export function bankOfIban(iban: string): Bank | null {
  const accountNumber = accountNumberOfIban(iban);
  return accountNumber === null ? null : bankOfAccountNumber(accountNumber);
}

function load(): Register {
  register ??= read();
  return register;
}

function read(): Register {
  const banks = new Map<string, Bank>();
  const retired = new Map<string, string>();
  for (const row of table('bic.csv')) {
    const bic = row['bic']!;
    const formerNames = row['former_or_other_names']!.split('|').filter((name) => name !== '');
    banks.set(bic, { bic, name: row['bank_name']!, country: row['country']!, formerNames });
    for (const old of row['retired_bics']!.split(/[\s|]+/)) if (old !== '') retired.set(old, bic);
  }
  const prefixes = new Map(table('account-prefixes.csv').map((row) => [row['prefix']!, row['bic']!]));
  return { banks, retired, prefixes };
}

function table(file: string): Record<string, string>[] {
  return csvRecords(readFileSync(join(packageRoot, 'db/data', file), 'utf8'));
}
