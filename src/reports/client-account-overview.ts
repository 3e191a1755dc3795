import sql from 'sql-template-tag';
import type { FiscalYear } from '../kernel/fiscal-year.ts';
import { dateInNorway, type LocalDate } from '../kernel/local-date.ts';
import { readFiscalCalendars } from '../ledger/index.ts';
import { READERS } from '../platform/caller.ts';
import { holdsText } from '../platform/database/columns.ts';
import { registryColumn, type RegistryRow, type RegistryView, registryView } from '../registry/index.ts';
import { readOperation } from '../platform/operation.ts';

export interface OverviewRow {
  id: number;
  name: string;
  organization_number: string | null;
  /** The state of the organisation in Enhetsregisteret. */
  registry: RegistryView;
  last_entry_date: LocalDate | null;
  locked_until: LocalDate | null;
  entries: number;
  /** Of the last entry, or of today if there is none. */
  fiscal_year: FiscalYear;
}

export interface Overview {
  accounts: OverviewRow[];
  page: number;
  pages: number;
  records: number;
}

const PAGE_SIZE = 50;

/** The client accounts whose books the caller may read, by name, with the progress of their books. */
export const listClientAccountOverview = readOperation({
  name: 'report.client-account-overview',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountIds, now }, { search, page }: { search: string; page: number }): Promise<Overview> {
    const ids = [...clientAccountIds];
    const compact = search.replace(/\s/g, '');
    const where = sql`a.id = any (${ids}::bigint[]) and a.is_active
      and (${holdsText(['a.display_name'], search.trim())} or (${compact} <> '' and a.organization_number = ${compact}))`;
    const { records } = await tx.one<{ records: number }>(sql`
      select count(*) as records from client_accounts a where ${where}`);
    const rows = await tx.rows<Omit<OverviewRow, 'fiscal_year' | 'registry'> & { registry: RegistryRow }>(sql`
      select a.id, a.display_name as name, a.organization_number, h.locked_until, coalesce(h.last_posting_no, 0) as entries,
        (select e.entry_date from journal_entries e where e.client_account_id = a.id
          order by e.entry_date desc, e.id desc limit 1) as last_entry_date,
        ${registryColumn('a.organization_number')}
      from client_accounts a left join client_account_heads h on h.client_account_id = a.id
      where ${where}
      order by a.display_name collate nb_no, a.id limit ${PAGE_SIZE} offset ${(page - 1) * PAGE_SIZE}`);
    const calendars = await readFiscalCalendars(
      tx,
      rows.map(({ id }) => id),
    );
    const accounts = rows.map((row) => ({
      ...row,
      registry: registryView(row.registry),
      fiscal_year: calendars(row.id).yearAt(row.last_entry_date ?? dateInNorway(now)),
    }));
    return { accounts, page, pages: Math.max(1, Math.ceil(records / PAGE_SIZE)), records };
  },
});
