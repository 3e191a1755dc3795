import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';

/** Whose books a report is about, as bokføringsforskriften § 3-1 wants it on every specification. */
export interface ReportSubject {
  name: string;
  organizationNumber: string | null;
}

export async function readReportSubject(tx: Transaction, clientAccountId: number): Promise<ReportSubject> {
  const row = await tx.one<{ name: string; organization_number: string | null }>(sql`
    select coalesce(o.name, a.display_name) as name, coalesce(o.organization_number, a.organization_number) as organization_number
    from client_accounts a left join organizations o on o.id = a.organization_id
    where a.id = ${clientAccountId}`);
  return { name: row.name, organizationNumber: row.organization_number };
}
