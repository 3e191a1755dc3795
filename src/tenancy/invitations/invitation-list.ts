import sql, { raw } from 'sql-template-tag';
import { ADMINS } from '../../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { INVITATION_COLUMNS, invitationJson, type InvitationRow } from './invitation.ts';

/** Invitations of all client accounts that the caller administers, newest first. */
export const listInvitations = readOperation({
  name: 'invitations.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: ADMINS },
  async run({ tx, clientAccountIds, now }, page: Page) {
    const ids = [...clientAccountIds];
    const { records } = await tx.one<{ records: number }>(sql`
      select count(*) as records from invitations where client_account_id = any (${ids}::bigint[])`);
    const rows = await tx.rows<InvitationRow>(sql`
      select ${raw(INVITATION_COLUMNS)} from invitations where client_account_id = any (${ids}::bigint[])
      order by created_at desc, id desc ${limitOffset(page)}`);
    return envelope(
      rows.map((row) => invitationJson(row, now)),
      page,
      records,
    );
  },
});
