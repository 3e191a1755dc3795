import sql from 'sql-template-tag';
import { type CompanyFacts, type ContactFacts, personNamed } from '../xml/company-xml.ts';
import { safTExportErrors } from '../errors.ts';
import type { ExportSubject } from '../export-subject.ts';

export interface ExportCompany extends CompanyFacts {
  registrationNumber: string;
  currency: string;
  /** From the header of the imported file. */
  journals: readonly { id?: string; description?: string; type?: string }[];
}

interface Row {
  display_name: string;
  organization_number: string | null;
  accounting_currency: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  address_line: string | null;
  postal_code: string | null;
  city: string | null;
  country_code: string | null;
  vat_registered: boolean | null;
  vat_liable: boolean | null;
  vat_registration_date: string | null;
}

interface ImportedHeader {
  company?: Partial<CompanyFacts>;
  journals?: ExportCompany['journals'];
}

/**
 * The company as recorded in the ledger. Missing data of imported books are taken from that system's file. Throws 422
 * without an organisation number: the file must have one.
 */
export async function readCompany(subject: ExportSubject): Promise<ExportCompany> {
  const { tx, clientAccountId, asOf, range } = subject;
  const accounts = asOf ? sql`client_accounts_at(${clientAccountId}, ${asOf})` : sql`client_accounts`;
  const organizations = asOf ? sql`organizations_at(${asOf})` : sql`organizations`;
  const row = await tx.one<Row>(sql`
    select a.display_name, coalesce(o.organization_number, a.organization_number) as organization_number,
      a.accounting_currency, o.name, o.email, o.phone, o.address_line, o.postal_code, o.city, o.country_code,
      o.vat_registered, s.vat_liable, s.vat_registration_date
    from ${accounts} a
    left join ${organizations} o on o.id = a.organization_id
    left join lateral (select vat_liable, vat_registration_date from client_account_settings
      where client_account_id = a.id and active_from <= ${range.to} order by active_from desc limit 1) s on true
    where a.id = ${clientAccountId}`);
  const imported = await importedHeader(subject);
  const before = imported.company ?? {};
  const registrationNumber = row.organization_number ?? before.registrationNumber;
  if (!registrationNumber) throw safTExportErrors.organization_number_missing();
  const name = row.name ?? row.display_name;
  const vat = { number: `${registrationNumber.replace(/\s|MVA$/gi, '')}MVA`, authority: 'Skatteetaten' };
  const own = {
    addresses:
      row.address_line || row.postal_code || row.city
        ? [
            {
              streetName: row.address_line,
              city: row.city,
              postalCode: row.postal_code,
              country: row.country_code,
              type: 'StreetAddress',
            },
          ]
        : [],
    contacts: await roleContacts(subject, row),
    taxRegistrations: row.vat_liable ? [{ ...vat, verificationDate: row.vat_registration_date }] : [],
    bankAccounts: await bankAccounts(subject),
  };
  return {
    registrationNumber,
    name,
    currency: row.accounting_currency,
    addresses: some(own.addresses) ?? before.addresses,
    contacts: some(own.contacts) ?? some(before.contacts ?? []) ?? (await ownerContacts(subject, row)),
    taxRegistrations: some(own.taxRegistrations) ?? before.taxRegistrations ?? (row.vat_registered ? [vat] : []),
    bankAccounts: some(own.bankAccounts) ?? before.bankAccounts,
    journals: imported.journals ?? [],
  };
}

function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** The header of the newest file; journals of all files. */
async function importedHeader({ tx, clientAccountId }: ExportSubject): Promise<ImportedHeader> {
  const rows = await tx.rows<{ header: ImportedHeader }>(sql`
    select header from saf_t_imports where client_account_id = ${clientAccountId} order by imported_at desc, id desc`);
  return { company: rows[0]?.header.company ?? {}, journals: rows.flatMap(({ header }) => header.journals ?? []) };
}

/** The leader of the company, as registered. */
async function roleContacts({ tx, clientAccountId }: ExportSubject, row: Row): Promise<ContactFacts[]> {
  const people = await tx.rows<{ name: string; email: string | null; phone: string | null }>(sql`
    select p.name, p.email, p.phone from organizational_roles r
    join business_partners p on p.client_account_id = r.client_account_id and p.id = r.business_partner_id
    where r.client_account_id = ${clientAccountId} and r.role_type in ('SOLE_PROPRIETOR', 'CEO', 'CFO', 'COB')
    order by array_position(array['SOLE_PROPRIETOR', 'CEO', 'CFO', 'COB'], r.role_type), r.id limit 1`);
  return people.map(({ name, email, phone }) => ({
    person: personNamed(name),
    telephone: phone ?? row.phone,
    email: email ?? row.email,
  }));
}

/** A contact is mandatory: the last resort is the owner of the client account. */
async function ownerContacts({ tx, clientAccountId }: ExportSubject, row: Row): Promise<ContactFacts[]> {
  const owner = await tx.maybe<{ first_name: string; last_name: string; email: string }>(sql`
    select u.first_name, u.last_name, u.email from client_account_users m
    join roles r on r.id = m.role_id join users u on u.id = m.user_id
    where m.client_account_id = ${clientAccountId} and m.is_active and r.code in ('CA', 'AA')
    order by (r.code = 'CA') desc, m.id limit 1`);
  return [
    {
      person: { firstName: owner?.first_name ?? '', lastName: owner?.last_name ?? '' },
      telephone: row.phone,
      email: row.email ?? owner?.email,
    },
  ];
}

async function bankAccounts({ tx, clientAccountId }: ExportSubject) {
  return tx.rows<NonNullable<CompanyFacts['bankAccounts']>[number]>(sql`
    select bban as number, iban, name, bic, currency_code as "currencyCode", account_code as "accountId"
    from bank_accounts where client_account_id = ${clientAccountId} and is_active and num_nonnulls(bban, iban) > 0
    order by id`);
}
