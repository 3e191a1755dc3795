import sql, { join, raw } from 'sql-template-tag';
import { invalid, problem } from '../../platform/errors.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import {
  ORGANIZATION_COLUMNS,
  organizationJson,
  type OrganizationRow,
  requireOrganizationNumber,
} from './organization.ts';

export interface OrganizationSearch {
  organizationNumber: string | null;
  name: string | null;
  page: Page;
}

/**
 * Public facts about organisations, by number or by the beginning of the name. One of them is required: the whole list
 * would disclose whose books are kept here.
 */
export const findOrganizations = readOperation({
  name: 'organizations.list',
  access: { kind: 'public' },
  async run({ tx }, { organizationNumber, name, page }: OrganizationSearch) {
    const conditions = [];
    if (organizationNumber !== null) {
      requireOrganizationNumber(organizationNumber);
      conditions.push(sql`organization_number = ${organizationNumber}`);
    }
    if (name !== null) conditions.push(sql`starts_with(lower(name collate nb_no), lower(${name}::text collate nb_no))`);
    if (conditions.length === 0)
      throw invalid([
        problem(
          'organization_number',
          'or name is required: give one of them',
          'eller name må oppgis: gi minst én av dem',
        ),
      ]);
    const where = join(conditions, ' and ');
    const { records } = await tx.one<{ records: number }>(sql`
      select count(*) as records from organizations where ${where}`);
    const rows = await tx.rows<OrganizationRow>(sql`
      select ${raw(ORGANIZATION_COLUMNS)} from organizations where ${where}
      order by name collate nb_no, id ${limitOffset(page)}`);
    return envelope(rows.map(organizationJson), page, records);
  },
});
