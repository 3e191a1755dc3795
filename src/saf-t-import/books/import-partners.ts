import sql from 'sql-template-tag';
import { numberArray, textArray } from '../../ledger/index.ts';
import type { BookParty } from '../audit-file/audit-book.ts';
import type { Company, Owner, Party } from '../audit-file/audit-records.ts';
import type { FaultList } from '../checks/fault.ts';
import type { Ledger } from './ledger-head.ts';
import { plainRegistrationNumber } from '../registration-number.ts';

interface PartnerRow {
  id: number;
  number: number;
  company: Company;
  name: string;
  customer: Party | null;
  supplier: Party | null;
  owner: Owner | null;
}

export interface ImportedPartners {
  of: Map<BookParty, number>;
  /** By OwnerID. */
  owners: Map<string, number>;
  created: number;
}

interface PresentPartner {
  id: number;
  name: string;
  organization_number: string | null;
  customer_code: string | null;
  supplier_code: string | null;
  owner_id: string | null;
}

/**
 * Customers, suppliers and owners become business partners. A customer and a supplier with the same organisation number
 * and name are one partner with both codes. An existing code of the client account is that partner.
 */
export async function importPartners(
  ledger: Ledger,
  parties: readonly BookParty[],
  ownerList: readonly Owner[],
  faults: FaultList,
): Promise<ImportedPartners> {
  const present = await presentPartners(ledger);
  const rows: PartnerRow[] = [];
  const byIdentity = new Map<string, PartnerRow>();
  const of = new Map<BookParty, number>();
  const owners = new Map<string, number>();
  let number = await lastNumber(ledger);
  const add = (company: Company, name: string): PartnerRow => {
    const row: PartnerRow = {
      id: ledger.takeId(),
      number: ++number,
      company,
      name,
      customer: null,
      supplier: null,
      owner: null,
    };
    rows.push(row);
    return row;
  };
  for (const party of parties) {
    const { record } = party;
    const known = (record.kind === 'customer' ? present.customers : present.suppliers).get(party.id);
    if (known) {
      checkSame(known, party, faults);
      of.set(party, known.id);
      continue;
    }
    const identity = identityOf(record);
    const twin = identity === null ? undefined : byIdentity.get(identity);
    const row = twin && twin[record.kind] === null ? twin : add(record, record.name ?? party.id);
    row[record.kind] = record;
    if (identity !== null) byIdentity.set(identity, row);
    of.set(party, row.id);
  }
  for (const owner of ownerList) {
    const known = owner.id === undefined ? undefined : present.owners.get(owner.id);
    const row = known ?? Object.assign(add(owner, owner.name ?? owner.id ?? 'Eier'), { owner });
    if (owner.id !== undefined) owners.set(owner.id, row.id);
  }
  await insertPartners(ledger, rows);
  return { of, owners, created: rows.length };
}

function plainNumberOf(written: string | undefined): string | undefined {
  return written === undefined ? undefined : plainRegistrationNumber(written);
}

function identityOf(company: Company): string | null {
  const number = plainNumberOf(company.registrationNumber);
  return number && company.name ? `${number} ${company.name.toLowerCase()}` : null;
}

/** The same code for another organisation would post one party's vouchers on the other's account. */
function checkSame(known: PresentPartner, party: BookParty, faults: FaultList): void {
  const number = plainNumberOf(party.record.registrationNumber);
  if (!number || !known.organization_number || number === known.organization_number) return;
  const kind = party.record.kind === 'customer' ? 'Customer' : 'Supplier';
  faults.add('master-differs', {
    line: party.record.at,
    element: `${kind} ${party.id}`,
    found: `${number} ${party.record.name ?? ''}`,
    expected: `${known.organization_number} ${known.name}`,
  });
}

async function presentPartners(ledger: Ledger) {
  const rows = await ledger.tx.rows<PresentPartner>(sql`
    select id, name, organization_number, customer_code, supplier_code, origin->'owner'->>'id' as owner_id
    from business_partners where client_account_id = ${ledger.clientAccountId}`);
  const by = (key: 'customer_code' | 'supplier_code' | 'owner_id') =>
    new Map(rows.flatMap((row) => (row[key] === null ? [] : [[row[key], row] as const])));
  return { customers: by('customer_code'), suppliers: by('supplier_code'), owners: by('owner_id') };
}

async function lastNumber(ledger: Ledger): Promise<number> {
  const { last } = await ledger.tx.one<{ last: number }>(sql`
    select coalesce(max(sequence_number), 0)::int as last from business_partners where client_account_id = ${ledger.clientAccountId}`);
  return last;
}

async function insertPartners(ledger: Ledger, rows: readonly PartnerRow[]): Promise<void> {
  const texts = (of: (row: PartnerRow) => string | null | undefined) => textArray(rows.map((row) => of(row) ?? null));
  const json = (of: (row: PartnerRow) => unknown) =>
    texts((row) => (of(row) === undefined ? null : JSON.stringify(of(row))));
  if (rows.length === 0) return;
  await ledger.tx.execute(sql`
    insert into business_partners (client_account_id, id, sequence_number, name, is_organization, organization_number,
      is_customer, is_supplier, customer_code, supplier_code, email, phone, address, bank_accounts, payment_terms_days,
      currency_code, is_active, origin, created_by_id, updated_by_id)
    select ${ledger.clientAccountId}, id, number, name, is_organization, organization_number, customer_code is not null,
      supplier_code is not null, customer_code, supplier_code, email, phone, address::jsonb, bank_accounts::jsonb, days,
      currency, active, origin::jsonb, ${ledger.userId}, ${ledger.userId}
    from unnest(${numberArray(rows.map((row) => row.id))}::bigint[], ${numberArray(rows.map((row) => row.number))}::int[],
      ${texts((row) => row.name)}::text[], ${texts((row) => String(infoOf(row)?.type !== 'Private'))}::boolean[],
      ${texts((row) => plainNumberOf(row.company.registrationNumber))}::text[], ${texts((row) => row.customer?.id)}::text[],
      ${texts((row) => row.supplier?.id)}::text[], ${texts((row) => contactOf(row)?.email)}::text[],
      ${texts((row) => contactOf(row)?.telephone ?? contactOf(row)?.mobilePhone)}::text[],
      ${json((row) => addressOf(row))}::text[], ${json((row) => bankAccountsOf(row))}::text[],
      ${numberArray(rows.map((row) => infoOf(row)?.paymentTerms?.days ?? null))}::int[],
      ${texts((row) => infoOf(row)?.currencyCode)}::text[], ${texts((row) => String(infoOf(row)?.status !== 'Passive'))}::boolean[],
      ${json(originOf)}::text[])
      as t (id, number, name, is_organization, organization_number, customer_code, supplier_code, email, phone, address,
        bank_accounts, days, currency, active, origin)`);
}

function infoOf(row: PartnerRow) {
  return row.customer?.info ?? row.supplier?.info;
}

function contactOf(row: PartnerRow) {
  return row.company.contacts?.find((contact) => contact.email ?? contact.telephone ?? contact.mobilePhone);
}

function addressOf(row: PartnerRow): object | undefined {
  const address = row.company.addresses?.[0];
  if (!address) return undefined;
  return {
    street: [address.streetName, address.number].filter(Boolean).join(' '),
    additional: address.additionalDetail,
    postal_code: address.postalCode,
    city: address.city,
    region: address.region,
    country: address.country,
  };
}

function bankAccountsOf(row: PartnerRow): object[] | undefined {
  return row.company.bankAccounts?.map((bank) => ({
    iban: bank.iban,
    account_number: bank.number,
    name: bank.name,
    bic: bank.bic,
    currency_code: bank.currencyCode,
  }));
}

/** All data of the file; the columns contain the part that we use. */
function originOf(row: PartnerRow): object {
  const bare = (record: Party | Owner | null) => (record ? { ...record, kind: undefined, at: undefined } : undefined);
  return {
    customer: withoutAmounts(bare(row.customer)),
    supplier: withoutAmounts(bare(row.supplier)),
    owner: bare(row.owner),
  };
}

/** Balances are in the books. */
function withoutAmounts(record: object | undefined): object | undefined {
  if (!record) return undefined;
  return {
    ...record,
    openingDebit: undefined,
    openingCredit: undefined,
    closingDebit: undefined,
    closingCredit: undefined,
    balanceAccounts: (record as Party).balanceAccounts?.map((balance) => balance.accountId),
  };
}
