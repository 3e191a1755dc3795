import sql, { raw } from 'sql-template-tag';
import { ADMINS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import {
  ORGANIZATIONAL_ROLE_COLUMNS,
  organizationalRoleJson,
  type OrganizationalRoleRow,
} from './organizational-role.ts';

export const removeOrganizationalRole = writeOperation({
  name: 'organizational_roles.remove',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, audit }, input: { role_id: number }) {
    const removed = await tx.maybe<OrganizationalRoleRow>(sql`
      delete from organizational_roles where client_account_id = ${clientAccountId} and id = ${input.role_id}
      returning ${raw(ORGANIZATIONAL_ROLE_COLUMNS)}`);
    if (!removed) throw requestErrors.not_found({ what: 'Organizational role' });
    const before = organizationalRoleJson(removed);
    audit({ recordType: 'organizational_role', recordId: before.id, before, after: null });
    return before;
  },
});
