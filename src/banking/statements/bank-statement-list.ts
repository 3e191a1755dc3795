import sql, { join, type Sql } from 'sql-template-tag';
import { clientAccountOf } from '../../kernel/ids.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { bankStatementRows, findBankStatement } from './bank-statement.ts';

export interface ListBankStatements extends Page {
  bankAccountId: number | null;
  from: LocalDate | null;
  to: LocalDate | null;
  orderBy: string | undefined;
}

const ORDER = { id: 's.id', from_date: 's.from_date', to_date: 's.to_date', created_at: 's.created_at' };

/** Statements with days in the period, of one client account or of all that the caller may read; in order of arrival. */
export const listBankStatements = readOperation({
  name: 'bank-statement.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountIds }, input: ListBankStatements) {
    if (input.bankAccountId !== null && !clientAccountIds.includes(clientAccountOf(input.bankAccountId)))
      throw requestErrors.no_access();
    const conditions: Sql[] = [sql`s.client_account_id = any(${[...clientAccountIds]}::bigint[])`];
    if (input.bankAccountId !== null) conditions.push(sql`s.bank_account_id = ${input.bankAccountId}`);
    if (input.from !== null) conditions.push(sql`s.to_date >= ${input.from}`);
    if (input.to !== null) conditions.push(sql`s.from_date <= ${input.to}`);
    const where = join(conditions, ' and ');
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from bank_statements s where ${where}`,
    );
    const order = orderBy(input.orderBy, ORDER, 'id asc', 's.id');
    return envelope(await bankStatementRows(tx, where, sql`${order} ${limitOffset(input)}`), input, records);
  },
});

export const getBankStatement = readOperation({
  name: 'bank-statement.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: ({ tx, clientAccountId }, input: { id: number; with: ReadonlySet<string> }) =>
    findBankStatement(tx, clientAccountId, input.id, input.with),
});
