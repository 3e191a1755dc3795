import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';

/** The position of a record: the line of its opening tag, from 1. */
interface Placed {
  at: number;
}

/** An amount with its currency part. Signed as written; `side` is the element that contained it. */
export interface Money extends Placed {
  amount: Ore | null;
  currencyCode: string | null;
  /** Decimal text, up to 18 decimals. */
  currencyAmount: string | null;
  exchangeRate: string | null;
}

export interface Address {
  streetName?: string;
  number?: string;
  additionalDetail?: string;
  building?: string;
  city?: string;
  postalCode?: string;
  region?: string;
  country?: string;
  type?: string;
}

export interface Person {
  firstName?: string;
  lastName?: string;
}

export interface Contact {
  person?: Person;
  telephone?: string;
  fax?: string;
  email?: string;
  website?: string;
  mobilePhone?: string;
}

export interface BankAccount extends Placed {
  iban?: string;
  number?: string;
  name?: string;
  sortCode?: string;
  bic?: string;
  currencyCode?: string;
  accountId?: string;
}

export interface TaxRegistration {
  number?: string;
  authority?: string;
  verificationDate?: LocalDate;
}

export interface Company extends Placed {
  registrationNumber?: string;
  name?: string;
  addresses?: Address[];
  contacts?: Contact[];
  taxRegistrations?: TaxRegistration[];
  bankAccounts?: BankAccount[];
}

/** Either dates, or periods of financial years. */
export interface Selection extends Placed {
  startDate?: LocalDate;
  endDate?: LocalDate;
  periodStart?: number;
  periodStartYear?: number;
  periodEnd?: number;
  periodEndYear?: number;
  documentType?: string;
  otherCriteria?: string[];
}

export interface Header extends Placed {
  kind: 'header';
  version?: string;
  country?: string;
  region?: string;
  created?: LocalDate;
  softwareCompany?: string;
  softwareId?: string;
  softwareVersion?: string;
  company?: Company;
  currency?: string;
  selection?: Selection;
  comment?: string;
  taxAccountingBasis?: string;
  taxEntity?: string;
  userId?: string;
  sender?: Company;
}

/** Opening and closing as written in the file: at most one side of each. */
export interface Balances {
  openingDebit?: Ore | null;
  openingCredit?: Ore | null;
  closingDebit?: Ore | null;
  closingCredit?: Ore | null;
}

export interface Account extends Placed, Balances {
  kind: 'account';
  id?: string;
  description?: string;
  /** 1.20 only: two or four digits. */
  standardId?: string;
  groupingCategory?: string;
  groupingCode?: string;
  type?: string;
  created?: LocalDate;
}

export interface BalanceAccount extends Placed, Balances {
  accountId?: string;
}

export interface AnalysisReference extends Placed {
  type?: string;
  id?: string;
}

export interface PaymentTerms {
  days?: number;
  months?: number;
  cashDiscountDays?: number;
  cashDiscountRate?: string;
  freeBillingMonth?: boolean;
}

export interface PartyInfo {
  paymentTerms?: PaymentTerms;
  naceCode?: string;
  currencyCode?: string;
  type?: string;
  status?: string;
  analysis?: AnalysisReference[];
  notes?: string;
}

/** A customer or a supplier. 1.20 has one control account and its balances on the party itself. */
export interface Party extends Company, Balances {
  kind: 'customer' | 'supplier';
  id?: string;
  selfBilling?: string;
  accountId?: string;
  balanceAccounts?: BalanceAccount[];
  info?: PartyInfo;
}

export interface TaxCodeRecord extends Placed {
  kind: 'taxCode';
  code?: string;
  effective?: LocalDate;
  expires?: LocalDate;
  description?: string;
  /** Decimal text. */
  percentage?: string;
  flatRate?: Money;
  country?: string;
  region?: string;
  standardCode?: string;
  compensation?: boolean;
  /** Decimal texts 0..100; 100 is full deduction. */
  baseRates?: string[];
}

export interface AnalysisRecord extends Placed {
  kind: 'analysis';
  type?: string;
  typeDescription?: string;
  id?: string;
  description?: string;
  startDate?: LocalDate;
  endDate?: LocalDate;
  status?: string;
  parents?: AnalysisReference[];
}

export interface Owner extends Company {
  kind: 'owner';
  id?: string;
  accountIds?: string[];
}

export interface Totals extends Placed {
  kind: 'totals';
  entries?: number;
  debit?: Ore | null;
  credit?: Ore | null;
}

export interface Journal extends Placed {
  kind: 'journal';
  id?: string;
  description?: string;
  type?: string;
}

export interface LineAnalysis extends Placed {
  type: string | null;
  id: string | null;
  /** 1.20: an amount without a side. */
  amount: Money | null;
  debit: Money | null;
  credit: Money | null;
}

export interface TaxInformation extends Placed {
  type: string | null;
  code: string | null;
  percentage: string | null;
  country: string | null;
  base: string | null;
  baseDescription: string | null;
  /** 1.20: an amount without a side. */
  amount: Money | null;
  debit: Money | null;
  credit: Money | null;
  debitNok: NokTax | null;
  creditNok: NokTax | null;
  exemptionReason: string | null;
  declarationPeriod: string | null;
}

export interface NokTax {
  amount?: Ore | null;
  base?: string;
}

export interface Line extends Placed {
  recordId: string | null;
  accountId: string | null;
  analysis: LineAnalysis[] | null;
  valueDate: LocalDate | null;
  sourceDocumentId: string | null;
  customerId: string | null;
  supplierId: string | null;
  description: string | null;
  debit: Money | null;
  credit: Money | null;
  tax: TaxInformation[] | null;
  referenceNumber: string | null;
  cid: string | null;
  dueDate: LocalDate | null;
  quantity: string | null;
  crossReference: string | null;
  systemEntryTime: string | null;
  ownerId: string | null;
}

export interface Transaction extends Placed {
  kind: 'transaction';
  journal: Journal;
  id: string | null;
  period: number | null;
  periodYear: number | null;
  date: LocalDate | null;
  sourceId: string | null;
  voucherType: string | null;
  voucherDescription: string | null;
  type: string | null;
  description: string | null;
  batchId: string | null;
  systemEntryDate: LocalDate | null;
  postingDate: LocalDate | null;
  modificationDate: LocalDate | null;
  customerId: string | null;
  supplierId: string | null;
  systemId: string | null;
  lines: Line[];
}

/** The border between master files and entries. */
export interface Border extends Placed {
  kind: 'entriesBegin' | 'mastersEnd';
}

export type AuditRecord =
  | Header
  | Account
  | Party
  | TaxCodeRecord
  | AnalysisRecord
  | Owner
  | Totals
  | Journal
  | Transaction
  | Border;
