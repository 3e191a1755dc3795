import type { LocalDate } from '../../kernel/local-date.ts';
import type { StoryDraft, StoryEntry } from './book.ts';

/** A counterparty under the key that entries use. Fields as in the API. */
export interface StoryPartner {
  key: string;
  name: string;
  is_organization: boolean;
  organization_number?: string;
  is_customer?: boolean;
  is_supplier?: boolean;
  is_employee?: boolean;
  customer_code?: string;
  supplier_code?: string;
  employee_code?: string;
  email?: string;
  address?: { street: string; postal_code: string; city: string; country: string };
  bank_accounts?: { account_number: string }[];
  payment_terms_days?: number;
  currency_code?: string;
}

export interface StoryValue {
  key: string;
  name: string;
}

/**
 * An asset in the register. Its plan is linear, over the given number of months from the given one on; null: no
 * depreciation.
 */
export interface StoryAsset extends StoryValue {
  assetClass: string;
  acquired: LocalDate;
  retired: LocalDate | null;
  plan: { from: LocalDate; months: number } | null;
}

export interface StoryCompany {
  key: string;
  name: string;
  organizationNumber: string;
  organizationForm: 'AS' | 'ENK' | 'BRL';
  address: { street: string; postalCode: string; city: string };
  vat: { registeredFrom: LocalDate; frequency: 'BIMONTHLY' | 'YEARLY' } | null;
  hasPayroll: boolean;
  /** First day of the books here. */
  startsOn: LocalDate;
  partners: StoryPartner[];
  departments: StoryValue[];
  projects: StoryValue[];
  assets: StoryAsset[];
  /** The accounts for assets of a class, if not the class's default: cost, accumulated, expense. */
  assetAccounts: Readonly<Record<string, readonly [string, string, string]>>;
  /** In order of entry. */
  entries: StoryEntry[];
  drafts: StoryDraft[];
  lock: { until: LocalDate; comment: string } | null;
}

const STREETS = [
  'Kvernveien',
  'Tjernsvingen',
  'Lerkestien',
  'Brattbakken',
  'Sagmyra',
  'Naustgata',
  'Furulia',
  'Torvet',
];
const CITIES = [
  ['0581', 'Oslo'],
  ['3015', 'Drammen'],
  ['4012', 'Stavanger'],
  ['5008', 'Bergen'],
  ['7011', 'Trondheim'],
  ['2317', 'Hamar'],
  ['3116', 'Tønsberg'],
  ['1607', 'Fredrikstad'],
] as const;

/** A Norwegian address for the n-th counterparty. */
export function address(n: number) {
  const [postal_code, city] = CITIES[n % CITIES.length]!;
  return { street: `${STREETS[(n * 3) % STREETS.length]} ${1 + ((n * 7) % 48)}`, postal_code, city, country: 'NO' };
}

/** `Skur og Svale AS` → `post@skur-og-svale.example`; the top-level domain exists for examples only (RFC 2606). */
export function email(name: string, local = 'post'): string {
  const host = name
    .toLowerCase()
    .replace(/ (as|gmbh|ab|sarl|ltd|enk)$/, '')
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'o')
    .replaceAll('å', 'a')
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${local}@${host}.example`;
}
