import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { AUDIT_FIELDS, readOnly } from '../../masters/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { RelationFields } from '../../platform/http/relations.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';

export const BANK_ACCOUNT_TYPES = ['CURRENT', 'SAVINGS', 'LOAN', 'TAX', 'INVESTMENT'] as const;
export const BANK_ACCOUNT_RELATIONS = ['client_account', 'created_by', 'updated_by'] as const;

const NText = nullable(Type.String());
const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });
const Country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' });
const AccountType = Type.Enum([...BANK_ACCOUNT_TYPES]);
const BIC = Type.String({ pattern: '^[A-Za-z]{6}[A-Za-z0-9]{2}([A-Za-z0-9]{3})?$' });

const identity = {
  bban: Type.Optional(
    nullable(Type.String({ maxLength: 40, description: 'Norwegian: eleven digits; dots and blanks are taken out' })),
  ),
  iban: Type.Optional(nullable(Type.String({ maxLength: 42 }))),
  bank_country: Type.Optional(nullable(Country)),
  currency_code: Type.Optional(Currency),
};
const settable = {
  name: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 150, pattern: '\\S' }))),
  account_code: Type.Optional(
    nullable(
      Type.String({
        minLength: 1,
        maxLength: 70,
        description: 'Ledger account of a house account; proposed if left out',
      }),
    ),
  ),
  statement_start_date: Type.Optional(
    nullable({ ...DateText, description: 'From this day on statements must follow each other without gaps' }),
  ),
  bank_name: Type.Optional(nullable(Type.String({ maxLength: 150 }))),
  bank_zip: Type.Optional(nullable(Type.String({ maxLength: 20 }))),
  bank_city: Type.Optional(nullable(Type.String({ maxLength: 100 }))),
  bic: Type.Optional(nullable({ ...BIC, description: 'Looked up for Norwegian accounts' })),
  routing_number: Type.Optional(nullable(Type.String({ maxLength: 40 }))),
};

const serverFields = readOnly(...AUDIT_FIELDS, 'client_account', 'created_by', 'updated_by');

export const NewBankAccount = strict({
  client_account_id: Id,
  business_partner_id: Type.Optional(nullable({ ...Id, description: 'null: a house account, our own' })),
  type: AccountType,
  ...identity,
  ...settable,
  ...serverFields,
});
export type NewBankAccount = Omit<Static<typeof NewBankAccount>, 'client_account_id' | keyof typeof serverFields>;

export const BankAccountChanges = strict({
  client_account_id: Type.Optional(Id),
  type: Type.Optional(AccountType),
  ...identity,
  ...settable,
  is_active: Type.Optional(Type.Boolean()),
  ...readOnly('business_partner_id'),
  ...serverFields,
});
export type BankAccountChanges = Partial<Omit<NewBankAccount, 'business_partner_id'>> & {
  is_active?: boolean | undefined;
};

export const BankAccountView = strict({
  id: Id,
  client_account_id: Id,
  business_partner_id: nullable(Id),
  name: Type.String(),
  type: AccountType,
  bban: NText,
  iban: NText,
  bank_country: Type.String(),
  bank_name: NText,
  bank_zip: NText,
  bank_city: NText,
  bic: NText,
  routing_number: NText,
  currency_code: Type.String(),
  account_code: nullable(Type.String({ description: 'Where its movements stand in the ledger; null for a partner' })),
  statement_start_date: nullable(DateText),
  is_active: Type.Boolean(),
  created_at: TimeText,
  created_by_id: nullable(Id),
  updated_at: TimeText,
  updated_by_id: nullable(Id),
  ...RelationFields,
});
export type BankAccountView = Static<typeof BankAccountView>;

export interface BankAccountRow extends Omit<BankAccountView, 'created_at' | 'updated_at'> {
  statement_start_date: LocalDate | null;
  created_at: Date;
  updated_at: Date;
}

export const BANK_ACCOUNT_COLUMNS = sql`id, client_account_id, business_partner_id, name, type, bban, iban, bank_country,
  bank_name, bank_zip, bank_city, bic, routing_number, currency_code, account_code, statement_start_date, is_active,
  created_at, created_by_id, updated_at, updated_by_id`;

export function bankAccountView(row: BankAccountRow): BankAccountView {
  return { ...row, created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at) };
}

/** One bank account. Throws 404. */
export async function findBankAccount(
  tx: Transaction,
  clientAccountId: number,
  id: number,
  lock: Sql = sql``,
): Promise<BankAccountView> {
  const row = await tx.maybe<BankAccountRow>(sql`
    select ${BANK_ACCOUNT_COLUMNS} from bank_accounts where client_account_id = ${clientAccountId} and id = ${id} ${lock}`);
  if (!row) throw requestErrors.not_found({ what: 'Bank account' });
  return bankAccountView(row);
}
