import { formatAmount } from '../../kernel/money.ts';
import {
  type AddressFacts,
  type BankAccountFacts,
  type CompanyFacts,
  companyXml,
  type ContactFacts,
  personNamed,
} from './company-xml.ts';
import type { Analyses } from '../books/analyses.ts';
import type { Party, PartyBalance, PartyKind } from '../books/parties.ts';
import { group, LIMIT, plain, textElement } from './xml-text.ts';

/** A file's data of a party, as stored by the import. */
export interface PartyOrigin extends Partial<CompanyFacts> {
  selfBilling?: string;
  info?: {
    paymentTerms?: {
      days?: number;
      months?: number;
      cashDiscountDays?: number;
      cashDiscountRate?: string;
      freeBillingMonth?: boolean;
    };
    naceCode?: string;
    currencyCode?: string;
    type?: string;
    status?: string;
    analysis?: { type?: string; id?: string }[];
    notes?: string;
  };
  id?: string;
  accountIds?: string[];
}

/** A business partner with all its stored data. */
export interface PartnerRow {
  id: number;
  name: string;
  is_organization: boolean;
  organization_number: string | null;
  contact_person: string | null;
  email: string | null;
  phone: string | null;
  website: string | null;
  address: {
    street?: string | null;
    additional?: string | null;
    postal_code?: string | null;
    city?: string | null;
    region?: string | null;
    country?: string | null;
  } | null;
  bank_accounts:
    | {
        account_number?: string | null;
        iban?: string | null;
        bic?: string | null;
        name?: string | null;
        currency_code?: string | null;
      }[]
    | null;
  payment_terms_days: number | null;
  currency_code: string | null;
  is_active: boolean;
  origin: { customer?: PartyOrigin; supplier?: PartyOrigin; owner?: PartyOrigin } | null;
}

/** What parties may refer to. */
export interface Known {
  analyses: Analyses;
  accountCodes: ReadonlySet<string>;
}

/** Opening and closing, each on one side; zero is on the debit side. */
export function balanceXml(opening: bigint, closing: bigint): string {
  return side('Opening', opening) + side('Closing', closing);
}

function side(when: 'Opening' | 'Closing', amount: bigint): string {
  return amount < 0n
    ? plain(`${when}CreditBalance`, formatAmount(-amount))
    : plain(`${when}DebitBalance`, formatAmount(amount));
}

export function partyXml(row: PartnerRow, party: Party, kind: PartyKind, { analyses, accountCodes }: Known): string {
  const origin = row.origin?.[kind];
  const [element, id] = kind === 'customer' ? ['Customer', 'CustomerID'] : ['Supplier', 'SupplierID'];
  return `${group(
    element,
    companyXml(companyOf(row, kind), accountCodes) +
      textElement(id, party.ids[kind], LIMIT.mid1) +
      textElement('SelfBillingIndicator', origin?.selfBilling, LIMIT.code) +
      party.balances[kind].map(balanceAccountXml).join('') +
      group('PartyInfo', infoXml(row, origin, analyses)),
  )}\n`;
}

function balanceAccountXml({ account, opening, closing }: PartyBalance): string {
  return group('BalanceAccount', textElement('AccountID', account, LIMIT.mid2) + balanceXml(opening, closing));
}

/**
 * The stored data of the partner. If an imported file had more detail (several addresses, a street separate from its
 * number), and the partner is unchanged since, the file's data are written. A customer and a supplier with the same
 * name and number are one partner, whose columns contain the file's data of the first.
 */
export function companyOf(row: PartnerRow, kind: 'customer' | 'supplier' | 'owner'): CompanyFacts {
  const given = row.origin?.[kind];
  const first = row.origin?.customer ?? row.origin?.supplier ?? row.origin?.owner;
  return {
    registrationNumber: row.organization_number,
    name: given?.name && row.name === first?.name ? given.name : row.name,
    addresses: given && sameAddress(row, first?.addresses?.[0]) ? given.addresses : addressOf(row),
    contacts: given && sameContact(row, first?.contacts) ? given.contacts : contactOf(row),
    taxRegistrations: given?.taxRegistrations,
    bankAccounts: given && sameBanks(row, first?.bankAccounts) ? given.bankAccounts : banksOf(row),
  };
}

function sameAddress({ address }: PartnerRow, given: AddressFacts | undefined): boolean {
  if (!given) return address === null;
  const facts = [
    [[given.streetName, given.number].filter(Boolean).join(' '), address?.street],
    [given.additionalDetail, address?.additional],
    [given.postalCode, address?.postal_code],
    [given.city, address?.city],
    [given.region, address?.region],
    [given.country, address?.country],
  ];
  return facts.every(([a, b]) => (a ?? '') === (b ?? ''));
}

function addressOf({ address }: PartnerRow): AddressFacts[] {
  if (!address) return [];
  return [
    {
      streetName: address.street,
      additionalDetail: address.additional,
      city: address.city,
      postalCode: address.postal_code,
      region: address.region,
      country: address.country,
    },
  ];
}

function sameContact(row: PartnerRow, given: readonly ContactFacts[] | undefined): boolean {
  if (row.contact_person !== null || row.website !== null) return false;
  const shown = given?.find((contact) => contact.email ?? contact.telephone ?? contact.mobilePhone);
  return (shown?.email ?? null) === row.email && (shown?.telephone ?? shown?.mobilePhone ?? null) === row.phone;
}

function contactOf({ contact_person: person, email, phone, website }: PartnerRow): ContactFacts[] {
  if (!person && !email && !phone && !website) return [];
  return [{ ...(person ? { person: personNamed(person) } : {}), telephone: phone, email, website }];
}

function sameBanks({ bank_accounts: banks }: PartnerRow, given: readonly BankAccountFacts[] | undefined): boolean {
  if ((given ?? []).length !== (banks ?? []).length) return false;
  return (given ?? []).every((bank, i) => {
    const own = banks![i]!;
    return (bank.number ?? '') === (own.account_number ?? '') && (bank.iban ?? '') === (own.iban ?? '');
  });
}

function banksOf({ bank_accounts: banks }: PartnerRow): BankAccountFacts[] {
  return (banks ?? []).map((bank) => ({
    number: bank.account_number,
    iban: bank.iban,
    name: bank.name,
    bic: bank.bic,
    currencyCode: bank.currency_code,
  }));
}

const TYPES = new Set(['Private', 'Company', 'Government']);
const STATUSES = new Set(['Active', 'Observation', 'Passive']);

function infoXml(row: PartnerRow, origin: PartyOrigin | undefined, analyses: Analyses): string {
  const info = origin?.info;
  const first = row.origin?.customer?.info ?? row.origin?.supplier?.info;
  const unchanged = <T>(column: T, then: T | undefined, given: T | undefined) =>
    origin && column === (then ?? null) ? given : column;
  const terms = info?.paymentTerms;
  const days = unchanged(row.payment_terms_days, first?.paymentTerms?.days, terms?.days);
  const currency = unchanged(row.currency_code, first?.currencyCode, info?.currencyCode);
  const isPerson = (one: typeof info) => one?.type === 'Private';
  const type =
    origin && isPerson(first) !== row.is_organization ? info?.type : row.is_organization ? 'Company' : 'Private';
  const wasActive = first?.status !== 'Passive';
  const status = origin && wasActive === row.is_active ? info?.status : row.is_active ? 'Active' : 'Passive';
  const discountRate = terms?.cashDiscountRate;
  return (
    group(
      'PaymentTerms',
      plain('Days', days) +
        plain('Months', terms?.months) +
        plain('CashDiscountDays', terms?.cashDiscountDays) +
        plain(
          'CashDiscountRate',
          discountRate && Number(discountRate) >= 0 && Number(discountRate) <= 100 ? discountRate : null,
        ) +
        plain('FreeBillingMonth', terms?.freeBillingMonth === undefined ? null : String(terms.freeBillingMonth)),
    ) +
    textElement('NaceCode', info?.naceCode, LIMIT.short) +
    plain('CurrencyCode', /^[A-Z]{3}$/.test(currency ?? '') ? currency : null) +
    plain('Type', type && TYPES.has(type) ? type : null) +
    plain('Status', status && STATUSES.has(status) ? status : null) +
    (info?.analysis ?? [])
      .filter(({ type: of, id }) => of && id && analyses.has(of, id))
      .map((one) =>
        group(
          'Analysis',
          textElement('AnalysisType', one.type, LIMIT.code) + textElement('AnalysisID', one.id, LIMIT.long),
        ),
      )
      .join('') +
    textElement('Notes', info?.notes, 100_000)
  );
}

/** The owner of the company: a sole proprietor, or the owners of an imported file. */
export function ownerXml(row: PartnerRow, version: '1.30' | '1.40', { accountCodes }: Known): string {
  const origin = row.origin?.owner;
  const accounts = (origin?.accountIds ?? [])
    .filter((code) => accountCodes.has(code))
    .slice(0, version === '1.40' ? undefined : 1);
  return `${group(
    'Owner',
    companyXml(companyOf(row, 'owner'), accountCodes) +
      textElement('OwnerID', origin ? origin.id : String(row.id % 2 ** 31), LIMIT.mid1) +
      accounts.map((account) => textElement('AccountID', account, LIMIT.mid2)).join(''),
  )}\n`;
}
