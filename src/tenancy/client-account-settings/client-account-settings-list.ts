import { READERS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { settingsJson, settingsVersions } from './client-account-settings.ts';

/** All versions, the newest first. */
export const listSettings = readOperation({
  name: 'client_account_settings.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, _input: void) {
    return (await settingsVersions(tx, [clientAccountId])).toReversed().map(settingsJson);
  },
});
