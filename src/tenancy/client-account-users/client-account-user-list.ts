import { READERS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { activeMembers, memberJson } from './client-account-user.ts';

export const listMembers = readOperation({
  name: 'client_account_users.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { with: ReadonlySet<string> }) {
    const asked = { user: input.with.has('user'), role: input.with.has('role') };
    return (await activeMembers(tx, [clientAccountId])).map((row) => memberJson(row, asked));
  },
});
