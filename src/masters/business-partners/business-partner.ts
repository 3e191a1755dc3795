import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { RelationFields } from '../../platform/http/relations.ts';
import { Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { registryColumn, type RegistryRow, RegistryView, registryView } from '../../registry/index.ts';
import { BalanceStatistics } from '../dimensions/dimension-balances.ts';
import { AUDIT_FIELDS, readOnly } from '../read-only.ts';

const Text = (maximum: number) => nullable(Type.String({ minLength: 1, maxLength: maximum }));
const Country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' });
const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });

export const Address = strict({
  street: Type.Optional(Text(150)),
  additional: Type.Optional(Text(150)),
  postal_code: Type.Optional(Text(20)),
  city: Type.Optional(Text(100)),
  region: Type.Optional(Text(100)),
  country: Type.Optional(nullable(Country)),
});

export const BankAccount = strict({
  account_number: Type.Optional(Text(40)),
  iban: Type.Optional(Text(42)),
  bic: Type.Optional(nullable(Type.String({ pattern: '^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$' }))),
  name: Type.Optional(Text(100)),
  currency_code: Type.Optional(nullable(Currency)),
});
export type BankAccount = Static<typeof BankAccount>;

const name = Type.String({ minLength: 1, maxLength: 250, pattern: '\\S' });
/** Fields that users can set, all of them optional. */
const optional = {
  is_organization: Type.Optional(Type.Boolean()),
  organization_number: Type.Optional(Text(40)),
  organization_id: Type.Optional(nullable(Id)),
  user_id: Type.Optional(nullable(Id)),
  is_customer: Type.Optional(Type.Boolean()),
  is_supplier: Type.Optional(Type.Boolean()),
  is_employee: Type.Optional(Type.Boolean()),
  customer_code: Type.Optional(Text(35)),
  supplier_code: Type.Optional(Text(35)),
  employee_code: Type.Optional(Text(35)),
  contact_person: Type.Optional(Text(150)),
  email: Type.Optional(nullable(Type.String({ maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' }))),
  phone: Type.Optional(Text(40)),
  website: Type.Optional(Text(300)),
  address: Type.Optional(nullable(Address)),
  bank_accounts: Type.Optional(Type.Array(BankAccount, { maxItems: 50 })),
  payment_terms_days: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 3650 }))),
  currency_code: Type.Optional(nullable(Currency)),
};

const serverFields = readOnly(...AUDIT_FIELDS, 'sequence_number', 'registry');

export const NewPartner = strict({ client_account_id: Id, name, ...optional, ...serverFields });
export const PartnerChanges = strict({
  client_account_id: Type.Optional(Id),
  name: Type.Optional(name),
  ...optional,
  is_active: Type.Optional(Type.Boolean()),
  ...serverFields,
});
export type PartnerChanges = Pick<
  Static<typeof PartnerChanges>,
  'name' | 'is_active' | Extract<keyof typeof optional, string>
>;

const NText = nullable(Type.String());
export const PartnerView = strict({
  id: Id,
  client_account_id: Id,
  sequence_number: Type.Integer({ description: 'Consecutive within the client account' }),
  name: Type.String(),
  is_organization: Type.Boolean(),
  organization_number: NText,
  organization_id: nullable(Id),
  user_id: nullable(Id),
  is_customer: Type.Boolean(),
  is_supplier: Type.Boolean(),
  is_employee: Type.Boolean(),
  customer_code: NText,
  supplier_code: NText,
  employee_code: NText,
  contact_person: NText,
  email: NText,
  phone: NText,
  website: NText,
  address: nullable(
    strict({ street: NText, additional: NText, postal_code: NText, city: NText, region: NText, country: NText }),
  ),
  bank_accounts: Type.Array(
    strict({ account_number: NText, iban: NText, bic: NText, name: NText, currency_code: NText }),
  ),
  payment_terms_days: nullable(Type.Integer()),
  currency_code: NText,
  is_active: Type.Boolean(),
  registry: RegistryView,
  created_at: TimeText,
  created_by_id: nullable(Id),
  updated_at: TimeText,
  updated_by_id: nullable(Id),
  ...RelationFields,
  statistics: Type.Optional(BalanceStatistics),
});
export type PartnerView = Static<typeof PartnerView>;

export interface PartnerRow extends Omit<
  PartnerView,
  'created_at' | 'updated_at' | 'address' | 'bank_accounts' | 'registry'
> {
  registry: RegistryRow;
  address: Static<typeof Address> | null;
  bank_accounts: BankAccount[] | null;
  created_at: Date;
  updated_at: Date;
}

export const PARTNER_COLUMNS = sql`id, client_account_id, sequence_number, name, is_organization, organization_number,
  organization_id, user_id, is_customer, is_supplier, is_employee, customer_code, supplier_code, employee_code,
  contact_person, email, phone, website, address, bank_accounts, payment_terms_days, currency_code, is_active,
  created_at, created_by_id, updated_at, updated_by_id,
  ${registryColumn("case when is_organization and coalesce(address ->> 'country', 'NO') = 'NO' then business_partners.organization_number end")}`;

export function partnerView(row: PartnerRow): PartnerView {
  const { address } = row;
  return {
    ...row,
    address: address && {
      street: address.street ?? null,
      additional: address.additional ?? null,
      postal_code: address.postal_code ?? null,
      city: address.city ?? null,
      region: address.region ?? null,
      country: address.country ?? null,
    },
    bank_accounts: (row.bank_accounts ?? []).map((account) => ({
      account_number: account.account_number ?? null,
      iban: account.iban ?? null,
      bic: account.bic ?? null,
      name: account.name ?? null,
      currency_code: account.currency_code ?? null,
    })),
    registry: registryView(row.registry),
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  };
}

/** One business partner. Throws 404. */
export async function findPartner(
  tx: Transaction,
  clientAccountId: number,
  id: number,
  lock: Sql = sql``,
): Promise<PartnerView> {
  const row = await tx.maybe<PartnerRow>(sql`
    select ${PARTNER_COLUMNS} from business_partners
    where client_account_id = ${clientAccountId} and id = ${id} ${lock}`);
  if (!row) throw requestErrors.not_found({ what: 'Business partner' });
  return partnerView(row);
}
