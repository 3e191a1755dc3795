import sql, { raw } from 'sql-template-tag';
import { requestErrors } from '../../platform/errors.ts';
import { readOperation } from '../../platform/operation.ts';
import { ORGANIZATION_COLUMNS, organizationJson, type OrganizationRow } from './organization.ts';

/** The organisation with this number; by number because ids can be enumerated. */
export const getOrganization = readOperation({
  name: 'organizations.get',
  access: { kind: 'public' },
  async run({ tx }, { organizationNumber }: { organizationNumber: string }) {
    const row = await tx.maybe<OrganizationRow>(sql`
      select ${raw(ORGANIZATION_COLUMNS)} from organizations where organization_number = ${organizationNumber}`);
    if (!row) throw requestErrors.not_found({ what: 'Organization' });
    return organizationJson(row);
  },
});
