import sql from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { organizationalRoleJson, type OrganizationalRoleRow } from './organizational-role.ts';

export const listOrganizationalRoles = readOperation({
  name: 'organizational_roles.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { with: ReadonlySet<string>; page: Page }) {
    const { records } = await tx.one<{ records: number }>(sql`
      select count(*) as records from organizational_roles where client_account_id = ${clientAccountId}`);
    const rows = await tx.rows<OrganizationalRoleRow & { partner_name: string }>(sql`
      select r.id, r.client_account_id, r.business_partner_id, r.role_type, r.created_at, r.created_by_id, r.updated_at,
        r.updated_by_id, p.name as partner_name
      from organizational_roles r
      join business_partners p on p.client_account_id = r.client_account_id and p.id = r.business_partner_id
      where r.client_account_id = ${clientAccountId}
      order by r.id ${limitOffset(input.page)}`);
    const data = rows.map(({ partner_name: name, ...row }) => ({
      ...organizationalRoleJson(row),
      ...(input.with.has('business_partner') ? { business_partner: { id: row.business_partner_id, name } } : {}),
    }));
    return envelope(data, input.page, records);
  },
});
