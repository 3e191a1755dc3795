import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bankOfBic, csvRecords } from '../../banking/index.ts';
import { isOrganizationNumber } from '../../kernel/check-digits.ts';
import { ConfigFaults } from '../../platform/config.ts';
import type { Platform } from '../../platform/operation.ts';
import { packageRoot } from '../../platform/package-root.ts';

/** The providers that carry files between us and a bank. */
export const PROVIDERS = ['tietoevry', 'zdata'] as const;
export type Provider = (typeof PROVIDERS)[number];

export const PROVIDER_NAMES: Record<Provider, string> = { tietoevry: 'Tietoevry', zdata: 'ZData (Aritma)' };

/** A bank that can be connected. */
export interface SupportedBank {
  /** Its permanent number in the directory. */
  id: number;
  /** Eight characters. */
  bic: string;
  name: string;
  country: string;
  /** Tietoevry if the bank is available there too. */
  provider: Provider;
  website: string | null;
  logo: string | null;
  /** In Enhetsregisteret; looked up by name if not given. */
  organizationNumber: string | null;
}

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    banks: BankDirectory;
  }
}

/**
 * The banks that can be connected, with their providers: db/data/banks.csv, or the operator's own file in that format.
 */
export class BankDirectory {
  readonly banks: readonly SupportedBank[];
  readonly #byBic: ReadonlyMap<string, SupportedBank>;

  constructor(banks: readonly SupportedBank[]) {
    this.banks = banks;
    this.#byBic = new Map(banks.map((bank) => [bank.bic, bank]));
  }

  /** By BIC of 8 or 11 characters in any case; a retired one returns the bank that took over. */
  find(bic: string): SupportedBank | null {
    return this.#byBic.get(bankOfBic(bic)?.bic ?? bic.slice(0, 8).toUpperCase()) ?? null;
  }
}

/**
 * The directory from a file with the columns id, bic, providers, website, logo, organization_number, sorted by the
 * banks' names. A bank without a provider is left out.
 *
 * @throws ConfigFaults with all faults of the file.
 */
export function readBankDirectory(file: string): BankDirectory {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigFaults([`BANKS_FILE=${file}: ${(error as NodeJS.ErrnoException).code ?? 'cannot be read'}`]);
  }
  const faults: string[] = [];
  const banks: SupportedBank[] = [];
  const seen = new Set<number | string>();
  const isSecond = (key: number | string) => seen.size === seen.add(key).size;
  for (const [index, row] of csvRecords(text).entries()) {
    const fault = (what: string) => void faults.push(`BANKS_FILE=${file}, line ${index + 2}: ${what}`);
    const id = Number(row['id']);
    const bank = bankOfBic(row['bic'] ?? '');
    const named = (row['providers'] ?? '').split(/\s+/).filter((name) => name !== '');
    const number = row['organization_number'] || null;
    if (!Number.isSafeInteger(id) || id < 1) fault('id must be a number from 1');
    else if (isSecond(id)) fault(`the id ${id} stands twice`);
    if (!bank) fault(`"${row['bic']}" is no BIC of db/data/bic.csv`);
    else if (isSecond(bank.bic)) fault(`${bank.bic} stands twice`);
    for (const name of named.filter((one) => !PROVIDERS.some((provider) => provider === one)))
      fault(`"${name}" is none of the providers ${PROVIDERS.join(', ')}`);
    if (number !== null && !isOrganizationNumber(number)) fault(`${number} is no organization number`);
    const provider = PROVIDERS.find((one) => named.includes(one));
    if (!bank || !provider) continue;
    banks.push({
      id,
      bic: bank.bic,
      name: bank.name,
      country: bank.country,
      provider,
      website: row['website'] || null,
      logo: row['logo'] || null,
      organizationNumber: number,
    });
  }
  if (faults.length > 0) throw new ConfigFaults(faults.slice(0, 20));
  return new BankDirectory(banks.sort((a, b) => a.name.localeCompare(b.name, 'nb') || (a.bic < b.bic ? -1 : 1)));
}

let own: BankDirectory | undefined;

/** The directory of this installation. */
export function bankDirectory({ outside }: Platform): BankDirectory {
  return outside?.banks ?? (own ??= readBankDirectory(join(packageRoot, 'db/data/banks.csv')));
}
