import { dateInNorway } from '../../kernel/local-date.ts';
import { READERS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { readOperation } from '../../platform/operation.ts';
import { inForce, settingsJson, settingsVersions } from './client-account-settings.ts';

/** The version in force today in Norway. */
export const currentSettings = readOperation({
  name: 'client_account_settings.current',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId, now }, _input: void) {
    const version = inForce(await settingsVersions(tx, [clientAccountId]), dateInNorway(now));
    if (!version) throw requestErrors.not_found({ what: 'Settings in force' });
    return settingsJson(version);
  },
});
