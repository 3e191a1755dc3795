import sql, { raw } from 'sql-template-tag';
import { groupBy } from '../../kernel/group-by.ts';
import { dateInNorway } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import type { Context } from '../../platform/operation.ts';
import type { ClientAccountJson } from './client-account.ts';
import { inForce, settingsJson, settingsVersions } from '../client-account-settings/client-account-settings.ts';
import { activeMembers, memberJson } from '../client-account-users/client-account-user.ts';
import { contractJson, contractRows } from '../contracts/contract.ts';
import { ORGANIZATION_COLUMNS, organizationJson, type OrganizationRow } from '../organizations/organization.ts';

export const CLIENT_ACCOUNT_RELATIONS = [
  'organization',
  'users',
  'users.user',
  'users.role',
  'provider_contracts',
  'client_contracts',
  'settings',
  'current_settings',
  'statistics',
];

/**
 * Adds the requested relations. `provider_contracts`: the account's contracts with the firms that serve it;
 * `client_contracts`: with the clients that it serves. An employee (EM) of an account sees only its organisation; the
 * other relations are null.
 */
export async function withRelations(
  context: Context,
  accounts: ClientAccountJson[],
  asked: ReadonlySet<string>,
): Promise<object[]> {
  const { tx, caller } = context;
  if (asked.size === 0 || accounts.length === 0) return accounts;
  const open = accounts
    .map(({ id }) => id)
    .filter((id) => READERS.some((role) => caller.roles.get(id)?.has(role) ?? false));
  const parts: ((account: ClientAccountJson) => object)[] = [];
  if (asked.has('organization')) parts.push(await organizations(context, accounts));
  const closed = (name: string, of: (id: number) => unknown) => (account: ClientAccountJson) => ({
    [name]: open.includes(account.id) ? of(account.id) : null,
  });
  if (asked.has('users') || asked.has('users.user') || asked.has('users.role')) {
    const nested = { user: asked.has('users.user'), role: asked.has('users.role') };
    const members = groupBy(await activeMembers(tx, open), (row) => row.client_account_id);
    parts.push(closed('users', (id) => (members.get(id) ?? []).map((row) => memberJson(row, nested))));
  }
  if (asked.has('provider_contracts')) {
    const rows = await contractRows(tx, sql`c.client_account_id = any (${open}::bigint[])`, sql`order by c.id`);
    const of = groupBy(rows, (row) => row.client_account_id);
    parts.push(closed('provider_contracts', (id) => (of.get(id) ?? []).map(bare)));
  }
  if (asked.has('client_contracts')) {
    const rows = await contractRows(
      tx,
      sql`c.provider_client_account_id = any (${open}::bigint[])`,
      sql`order by c.id`,
    );
    const of = groupBy(rows, (row) => row.provider_client_account_id);
    parts.push(closed('client_contracts', (id) => (of.get(id) ?? []).map(bare)));
  }
  if (asked.has('settings') || asked.has('current_settings')) {
    const versions = groupBy(await settingsVersions(tx, open), (row) => row.client_account_id);
    const today = dateInNorway(context.now);
    if (asked.has('settings'))
      parts.push(closed('settings', (id) => (versions.get(id) ?? []).toReversed().map(settingsJson)));
    if (asked.has('current_settings'))
      parts.push(
        closed('current_settings', (id) => {
          const version = inForce(versions.get(id) ?? [], today);
          return version ? settingsJson(version) : null;
        }),
      );
  }
  if (asked.has('statistics')) {
    const of = await statistics(context, open);
    parts.push(closed('statistics', (id) => of.get(id) ?? null));
  }
  return accounts.map((account) => Object.assign({}, account, ...parts.map((part) => part(account))) as object);
}

const bare = (row: Parameters<typeof contractJson>[0]) => contractJson(row, { client: false, provider: false });

async function organizations({ tx }: Context, accounts: ClientAccountJson[]) {
  const ids = accounts.map((account) => account.organization_id).filter((id) => id !== null);
  const rows = await tx.rows<OrganizationRow>(sql`
    select ${raw(ORGANIZATION_COLUMNS)} from organizations where id = any (${ids}::bigint[])`);
  const of = new Map(rows.map((row) => [row.id, organizationJson(row)]));
  return (account: ClientAccountJson) => ({
    organization: account.organization_id === null ? null : (of.get(account.organization_id) ?? null),
  });
}

/** Does not read lines: the head has the number of posted entries, an index the last date. */
async function statistics({ tx }: Context, ids: number[]) {
  const rows = await tx.rows<{
    id: number;
    posted_entries: number;
    draft_entries: number;
    active_users: number;
    last_entry_date: string | null;
  }>(sql`
    select h.client_account_id as id, h.last_posting_no as posted_entries,
      (select count(*) from draft_journal_entries d where d.client_account_id = h.client_account_id) as draft_entries,
      (select count(*) from client_account_users m where m.client_account_id = h.client_account_id and m.is_active)
        as active_users,
      (select max(e.entry_date) from journal_entries e where e.client_account_id = h.client_account_id)
        as last_entry_date
    from client_account_heads h
    where h.client_account_id = any (${ids}::bigint[])`);
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}
