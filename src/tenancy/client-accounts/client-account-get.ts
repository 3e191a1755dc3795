import sql, { raw } from 'sql-template-tag';
import { EVERY_ROLE } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { readOperation } from '../../platform/operation.ts';
import { CLIENT_ACCOUNT_COLUMNS, clientAccountJson, type ClientAccountRow } from './client-account.ts';
import { withRelations } from './client-account-relations.ts';

export const getClientAccount = readOperation({
  name: 'client_accounts.get',
  access: { kind: 'client', scope: 'read:accounting', roles: EVERY_ROLE },
  async run(context, input: { with: ReadonlySet<string> }) {
    const row = await context.tx.maybe<ClientAccountRow>(sql`
      select ${raw(CLIENT_ACCOUNT_COLUMNS)} from client_accounts where id = ${context.clientAccountId}`);
    if (!row) throw requestErrors.not_found({ what: 'Client account' });
    const [account] = await withRelations(context, [clientAccountJson(row)], input.with);
    return account!;
  },
});
