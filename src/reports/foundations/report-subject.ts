import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import type { KnownAt } from '../figures/known-at.ts';

/** The company of a report, as bokføringsforskriften § 3-1 requires on every specification. */
export interface ReportSubject {
  name: string;
  organizationNumber: string | null;
}

/** `known`: with its name at that time. */
export async function readReportSubject(
  tx: Transaction,
  clientAccountId: number,
  known: KnownAt | null = null,
): Promise<ReportSubject> {
  const accounts = known ? sql`client_accounts_at(${clientAccountId}, ${known.at})` : sql`client_accounts`;
  const organizations = known ? sql`organizations_at(${known.at})` : sql`organizations`;
  const row = await tx.one<{ name: string; organization_number: string | null }>(sql`
    select coalesce(o.name, a.display_name) as name, coalesce(o.organization_number, a.organization_number) as organization_number
    from ${accounts} a left join ${organizations} o on o.id = a.organization_id
    where a.id = ${clientAccountId}`);
  return { name: row.name, organizationNumber: row.organization_number };
}
