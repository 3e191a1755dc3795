import sql, { raw } from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import { ADMINS } from '../../platform/caller.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { tenancyErrors } from '../errors.ts';
import {
  ORGANIZATIONAL_ROLE_COLUMNS,
  organizationalRoleJson,
  type OrganizationalRoleRow,
  type ROLE_TYPES,
} from './organizational-role.ts';

interface Input {
  business_partner_id: number;
  role_type: (typeof ROLE_TYPES)[number];
}

export const addOrganizationalRole = writeOperation({
  name: 'organizational_roles.create',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, caller, audit }, input: Input) {
    const partner = await tx.maybe(sql`
      select 1 as found from business_partners
      where client_account_id = ${clientAccountId} and id = ${input.business_partner_id}`);
    if (!partner)
      throw invalid([
        problem(
          'business_partner_id',
          'is not a business partner of this client account',
          'er ikke en forretningspartner på denne klientkontoen',
        ),
      ]);
    const id = await takeIds(tx, clientAccountId);
    const made = await tx.maybe<OrganizationalRoleRow>(sql`
      insert into organizational_roles (client_account_id, id, business_partner_id, role_type, created_by_id,
        updated_by_id)
      values (${clientAccountId}, ${id}, ${input.business_partner_id}, ${input.role_type}, ${caller.userId},
        ${caller.userId})
      on conflict (client_account_id, business_partner_id, role_type) do nothing
      returning ${raw(ORGANIZATIONAL_ROLE_COLUMNS)}`);
    if (!made) throw tenancyErrors.duplicate_role({ role_type: input.role_type });
    const after = organizationalRoleJson(made);
    audit({ recordType: 'organizational_role', recordId: id, after });
    return after;
  },
});
