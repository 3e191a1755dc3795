import sql, { join } from 'sql-template-tag';
import { BOOKKEEPERS, clientAccountsWith, READERS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { type APPROVAL, contractJson, type ContractRow, contractRows } from './contract.ts';
import { directRoles, requireClientAccounts } from './contract-party.ts';

export interface ContractFilter {
  clientAccountIds: number[] | null;
  providerId: number | null;
  approvalStatus: (typeof APPROVAL)[number] | null;
  with: ReadonlySet<string>;
  page: Page;
}

/**
 * Contracts of the client accounts that the caller may read, as client or as firm. Throws 403 for a named client
 * account without access, and for a firm of which the caller is not an active member.
 */
export const listContracts = readOperation({
  name: 'contracts.list',
  access: { kind: 'user', scope: 'read:accounting' },
  async run({ tx, caller }, filter: ContractFilter) {
    const readable = clientAccountsWith(caller, READERS);
    const asked = [...(filter.clientAccountIds ?? []), ...(filter.providerId === null ? [] : [filter.providerId])];
    await requireClientAccounts(tx, asked);
    if (filter.clientAccountIds?.some((id) => !readable.includes(id))) throw requestErrors.no_access();
    if (filter.providerId !== null) {
      const roles = await directRoles(tx, caller.userId, filter.providerId);
      if (!roles.some((role) => BOOKKEEPERS.includes(role))) throw requestErrors.no_access();
    }
    const conditions = [
      filter.providerId !== null
        ? sql`c.provider_client_account_id = ${filter.providerId}`
        : sql`(c.client_account_id = any (${readable}::bigint[]) or c.provider_client_account_id = any (${readable}::bigint[]))`,
    ];
    if (filter.clientAccountIds) conditions.push(sql`c.client_account_id = any (${filter.clientAccountIds}::bigint[])`);
    if (filter.approvalStatus) conditions.push(sql`c.approval_status = ${filter.approvalStatus}`);
    const where = join(conditions, ' and ');
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from contracts c where ${where}`,
    );
    const rows = await contractRows(tx, where, sql`order by c.id ${limitOffset(filter.page)}`);
    const shown = { client: filter.with.has('client_account'), provider: filter.with.has('provider_client_account') };
    // A firm must not learn names by sending requests to numbers: it sees the client's name once the client has
    // responded.
    const mayName = (row: ContractRow) =>
      row.approval_status === 'APPROVED' ||
      row.requested_by_client_account_id === row.client_account_id ||
      readable.includes(row.client_account_id);
    return envelope(
      rows.map((row) => ({
        ...contractJson(row, { ...shown, client: shown.client && mayName(row) }),
        ...(shown.client && !mayName(row) ? { client_account: null } : {}),
      })),
      filter.page,
      records,
    );
  },
});
