import sql, { join, type Sql } from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import { holdsText } from '../../platform/database/columns.ts';
import type { Language } from '../../platform/errors.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { accountRows, accountView, countAccounts } from './general-ledger-account.ts';
import { attachAccountRelations, requireClientAccount } from './general-ledger-account-relations.ts';

export interface ListAccounts extends Page {
  /** undefined: the national chart. */
  clientAccountId?: number | undefined;
  description?: string | undefined;
  accountCodes?: readonly string[] | undefined;
  isActive: boolean | null;
  asOf?: LocalDate | undefined;
  orderBy?: string | undefined;
  with: ReadonlySet<string>;
  language: Language;
}

/** The chart of a client account: the national one with its own accounts and changes, or the national one alone. */
export const listAccounts = readOperation({
  name: 'general-ledger-account.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run({ tx, now }, input: ListAccounts) {
    requireClientAccount(input.with, input.clientAccountId);
    const of = { clientAccountId: input.clientAccountId ?? null, asOf: input.asOf };
    const where = whereOf(input);
    const records = await countAccounts(tx, of, where);
    const name = input.language === 'en' ? 'name_en' : 'name_nb';
    const order = orderBy(
      input.orderBy,
      {
        account_code: 'account_code',
        description: `${name} collate nb_no`,
        id: 'id',
        is_active: 'is_active',
        category_code_3: 'group_3',
      },
      'account_code asc',
      'account_code',
    );
    const rows = await accountRows(tx, of, sql`${where} ${order} ${limitOffset(input)}`);
    const pairs = rows.map((row) => ({ row, view: accountView(row, input.language) }));
    await attachAccountRelations(tx, of.clientAccountId, pairs, { asked: input.with, language: input.language, now });
    return envelope(
      pairs.map(({ view }) => view),
      input,
      records,
    );
  },
});

function whereOf(input: ListAccounts): Sql {
  const conditions = [sql`true`];
  if (input.description !== undefined) {
    conditions.push(holdsText(['name_nb', 'name_en'], input.description));
  }
  if (input.accountCodes !== undefined) conditions.push(sql`account_code = any(${[...input.accountCodes]}::text[])`);
  if (input.isActive !== null) conditions.push(sql`is_active = ${input.isActive}`);
  return sql`where ${join(conditions, ' and ')}`;
}
