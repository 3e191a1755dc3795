import { group, LIMIT, plain, textElement } from './xml-text.ts';

/** A company, person or authority in the file; the fields of a SAF-T import's records. */
export interface CompanyFacts {
  registrationNumber?: string | null | undefined;
  name: string;
  addresses?: readonly AddressFacts[] | undefined;
  contacts?: readonly ContactFacts[] | undefined;
  taxRegistrations?: readonly TaxRegistrationFacts[] | undefined;
  bankAccounts?: readonly BankAccountFacts[] | undefined;
}

type Text = string | null | undefined;

export interface AddressFacts {
  streetName?: Text;
  number?: Text;
  additionalDetail?: Text;
  building?: Text;
  city?: Text;
  postalCode?: Text;
  region?: Text;
  country?: Text;
  type?: Text;
}

export interface ContactFacts {
  person?: {
    title?: Text;
    firstName?: Text;
    initials?: Text;
    lastNamePrefix?: Text;
    lastName?: Text;
    birthName?: Text;
    salutation?: Text;
    otherTitles?: readonly string[] | undefined;
  };
  telephone?: Text;
  fax?: Text;
  email?: Text;
  website?: Text;
  mobilePhone?: Text;
}

export interface TaxRegistrationFacts {
  number?: Text;
  authority?: Text;
  verificationDate?: Text;
}

export interface BankAccountFacts {
  iban?: Text;
  number?: Text;
  name?: Text;
  sortCode?: Text;
  bic?: Text;
  currencyCode?: Text;
  accountId?: Text;
}

/** Placeholder for a person without a name in two parts (documentation of SAF-T Financial). */
export const NOT_USED = 'NotUsed';

/**
 * CompanyStructure without its own element, in the schema's order. A bank account's ledger account that is not in the
 * chart is left out: some systems' files contain such references.
 */
export function companyXml(company: CompanyFacts, accounts: ReadonlySet<string>): string {
  return (
    textElement('RegistrationNumber', company.registrationNumber, LIMIT.mid1) +
    textElement('Name', company.name, LIMIT.long) +
    each(company.addresses, addressXml) +
    each(company.contacts, (contact) => contactXml(contact, company.name)) +
    each(company.taxRegistrations, taxRegistrationXml) +
    each(company.bankAccounts, (bank) => bankAccountXml(bank, accounts))
  );
}

function each<T>(list: readonly T[] | undefined, xml: (one: T) => string): string {
  return (list ?? []).map(xml).join('');
}

const ADDRESS_TYPES = new Set(['StreetAddress', 'PostalAddress', 'BillingAddress', 'ShipToAddress', 'ShipFromAddress']);

function addressXml(address: AddressFacts): string {
  const content =
    textElement('StreetName', address.streetName, LIMIT.long) +
    textElement('Number', address.number, LIMIT.mid2) +
    textElement('AdditionalAddressDetail', address.additionalDetail, LIMIT.long) +
    textElement('Building', address.building, LIMIT.mid1) +
    textElement('City', address.city, LIMIT.long) +
    textElement('PostalCode', address.postalCode, LIMIT.mid2) +
    textElement('Region', address.region, LIMIT.long) +
    plain('Country', /^[A-Za-z]{2}$/.test(address.country ?? '') ? address.country : null);
  return content && group('Address', content + plain('AddressType', typeOf(address)));
}

function typeOf({ type }: AddressFacts): string | null {
  return type && ADDRESS_TYPES.has(type) ? type : null;
}

/** A contact is a person by the schema: one without a name gets the company's name. */
function contactXml(contact: ContactFacts, company: string): string {
  const { person } = contact;
  const reachable =
    textElement('Telephone', phone(contact.telephone), LIMIT.short) +
    textElement('Fax', phone(contact.fax), LIMIT.short) +
    textElement('Email', fitting(contact.email, LIMIT.mid2), LIMIT.mid2) +
    textElement('Website', fitting(contact.website, LIMIT.long)?.replaceAll(' ', '%20'), LIMIT.long) +
    textElement('MobilePhone', phone(contact.mobilePhone), LIMIT.short);
  if (!reachable && !person) return '';
  const name =
    textElement('Title', person?.title, LIMIT.code) +
    textElement('FirstName', person?.firstName?.trim() || NOT_USED, LIMIT.mid1) +
    textElement('Initials', person?.initials, LIMIT.short) +
    textElement('LastNamePrefix', person?.lastNamePrefix, LIMIT.short) +
    textElement('LastName', person?.lastName?.trim() || company, LIMIT.mid2) +
    textElement('BirthName', person?.birthName, LIMIT.mid2) +
    textElement('Salutation', person?.salutation, LIMIT.short) +
    each(person?.otherTitles, (title) => textElement('OtherTitles', title, LIMIT.short));
  return group('Contact', group('ContactPerson', name) + reachable);
}

/** A number that is too long loses its blanks; if it is still too long it is left out rather than cut. */
function phone(number: Text): Text {
  if (!number || number.trim().length <= LIMIT.short) return number;
  return fitting(number.replace(/[\s().-]/g, ''), LIMIT.short);
}

/** Left out if too long, because a cut value would be meaningless. */
function fitting(text: Text, max: number): string | null {
  const trimmed = text?.trim();
  return trimmed && trimmed.length <= max ? trimmed : null;
}

function taxRegistrationXml({ number, authority, verificationDate }: TaxRegistrationFacts): string {
  if (!number?.trim()) return '';
  return group(
    'TaxRegistration',
    textElement('TaxRegistrationNumber', number, LIMIT.mid1) +
      plain('TaxAuthority', authority === 'Skatteetaten' ? authority : null) +
      plain('TaxVerificationDate', verificationDate),
  );
}

/** IBAN or account number, never both: a Norwegian account is identified by its account number. */
function bankAccountXml(bank: BankAccountFacts, accounts: ReadonlySet<string>): string {
  const number = textElement('BankAccountNumber', fitting(bank.number, LIMIT.mid1), LIMIT.mid1);
  const identity = number
    ? number +
      textElement('BankAccountName', bank.name, LIMIT.mid2) +
      textElement('SortCode', fitting(bank.sortCode, LIMIT.short), LIMIT.short)
    : textElement('IBANNumber', fitting(bank.iban?.replaceAll(' ', ''), LIMIT.mid1), LIMIT.mid1);
  if (!identity) return '';
  return group(
    'BankAccount',
    identity +
      textElement('BIC', fitting(bank.bic, LIMIT.short), LIMIT.short) +
      plain('CurrencyCode', /^[A-Z]{3}$/.test(bank.currencyCode ?? '') ? bank.currencyCode : null) +
      textElement('GeneralLedgerAccountID', accounts.has(bank.accountId ?? '') ? bank.accountId : null, LIMIT.mid2),
  );
}

/** `Kari Nordmann` → first and last name; a single word is the last name. */
export function personNamed(name: string): NonNullable<ContactFacts['person']> {
  const at = name.trim().lastIndexOf(' ');
  return at < 0
    ? { firstName: NOT_USED, lastName: name.trim() }
    : { firstName: name.trim().slice(0, at), lastName: name.trim().slice(at + 1) };
}
