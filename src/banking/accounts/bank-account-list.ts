import sql, { join, type Sql } from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { attachRelations } from '../../platform/http/relations.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { BANK_ACCOUNT_COLUMNS, type BankAccountRow, bankAccountView, findBankAccount } from './bank-account.ts';

export interface ListBankAccounts extends Page {
  businessPartnerId: number | null;
  /** null: active and inactive ones. */
  isActive: boolean | null;
  orderBy: string | undefined;
  with: ReadonlySet<string>;
}

const ORDER = {
  id: 'id',
  name: 'name collate nb_no',
  type: 'type',
  bban: 'bban',
  iban: 'iban',
  account_code: 'account_code',
  created_at: 'created_at',
  updated_at: 'updated_at',
};

/** House accounts and those of business partners, of one client account or of all that the caller may read. */
export const listBankAccounts = readOperation({
  name: 'bank-account.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountIds }, input: ListBankAccounts) {
    const conditions: Sql[] = [sql`client_account_id = any(${[...clientAccountIds]}::bigint[])`];
    if (input.isActive !== null) conditions.push(sql`is_active = ${input.isActive}`);
    if (input.businessPartnerId !== null) conditions.push(sql`business_partner_id = ${input.businessPartnerId}`);
    const where = join(conditions, ' and ');
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from bank_accounts where ${where}`,
    );
    const rows = await tx.rows<BankAccountRow>(sql`
      select ${BANK_ACCOUNT_COLUMNS} from bank_accounts where ${where}
      ${orderBy(input.orderBy, ORDER, 'id asc')} ${limitOffset(input)}`);
    const accounts = rows.map(bankAccountView);
    await attachRelations(tx, accounts, input.with);
    return envelope(accounts, input, records);
  },
});

export const getBankAccount = readOperation({
  name: 'bank-account.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { id: number; with: ReadonlySet<string> }) {
    const account = await findBankAccount(tx, clientAccountId, input.id);
    await attachRelations(tx, [account], input.with);
    return account;
  },
});
