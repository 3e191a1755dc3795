import sql, { join, raw } from 'sql-template-tag';
import { EVERY_ROLE } from '../../platform/caller.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import {
  CLIENT_ACCOUNT_COLUMNS,
  clientAccountJson,
  type ClientAccountRow,
  type PROVIDER_TYPES,
} from './client-account.ts';
import { withRelations } from './client-account-relations.ts';

export interface ClientAccountFilter {
  /** True: client accounts where the user itself has a role; false: those reached only through a contract. */
  hasDirectRole: boolean | null;
  isProvider: boolean | null;
  providerType: (typeof PROVIDER_TYPES)[number] | null;
  isActive: boolean | null;
  orderBy: string | undefined;
  with: ReadonlySet<string>;
  page: Page;
}

const ORDER = {
  id: 'id',
  unique_name: 'unique_name collate nb_no',
  display_name: 'display_name collate nb_no',
  organization_number: 'organization_number',
  created_at: 'created_at',
  updated_at: 'updated_at',
};

export const listClientAccounts = readOperation({
  name: 'client_accounts.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: EVERY_ROLE },
  async run(context, filter: ClientAccountFilter) {
    const { tx, caller } = context;
    const conditions = [sql`id = any (${[...context.clientAccountIds]}::bigint[])`];
    if (filter.isActive !== null) conditions.push(sql`is_active = ${filter.isActive}`);
    if (filter.isProvider !== null) conditions.push(sql`is_provider = ${filter.isProvider}`);
    if (filter.providerType !== null) conditions.push(sql`provider_type = ${filter.providerType}`);
    if (filter.hasDirectRole !== null)
      conditions.push(sql`exists (
        select from client_account_users m
        where m.client_account_id = client_accounts.id and m.user_id = ${caller.userId} and m.is_active
      ) = ${filter.hasDirectRole}`);
    const where = join(conditions, ' and ');
    const { records } = await tx.one<{ records: number }>(sql`
      select count(*) as records from client_accounts where ${where}`);
    const rows = await tx.rows<ClientAccountRow>(sql`
      select ${raw(CLIENT_ACCOUNT_COLUMNS)} from client_accounts where ${where}
      ${orderBy(filter.orderBy, ORDER, 'display_name')} ${limitOffset(filter.page)}`);
    return envelope(await withRelations(context, rows.map(clientAccountJson), filter.with), filter.page, records);
  },
});
