import sql from 'sql-template-tag';
import { dateInNorway, type LocalDate } from '../../kernel/local-date.ts';
import { lockBooks } from '../../ledger/index.ts';
import { ADMINS } from '../../platform/caller.ts';
import { invalid } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import {
  addSettingsVersion,
  inForce,
  pensionProviderUnknown,
  settingsJson,
  settingsProblems,
  settingsVersions,
  type SettingsValues,
} from './client-account-settings.ts';

interface Input {
  changes: SettingsValues & { active_from?: LocalDate };
  /** POST adds a version, from today if no date is given; PUT and PATCH change the one in force. */
  adds: boolean;
}

/**
 * Adds the version that begins on `active_from`, or changes the one that already does; omitted fields keep their
 * previous values. A version that has begun may be changed: the audit log keeps the previous state.
 */
export const saveSettings = writeOperation({
  name: 'client_account_settings.save',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, caller, now, audit }, { changes: { active_from: from, ...values }, adds }: Input) {
    const problems = settingsProblems(values);
    if (values.pension_provider_id != null) {
      const partner = await tx.maybe(sql`
        select 1 as found from business_partners
        where client_account_id = ${clientAccountId} and id = ${values.pension_provider_id}`);
      if (!partner) problems.push(pensionProviderUnknown());
    }
    if (problems.length > 0) throw invalid(problems);
    const today = dateInNorway(now);
    await lockBooks(tx, clientAccountId);
    const current = inForce(await settingsVersions(tx, [clientAccountId]), today);
    const date = from ?? (adds ? today : (current?.active_from ?? today));
    const { before, after } = await addSettingsVersion(tx, clientAccountId, date, values, caller.userId);
    audit({
      recordType: 'client_account_settings',
      recordId: after.id,
      before: before && settingsJson(before),
      after: settingsJson(after),
    });
    return settingsJson(after);
  },
});
