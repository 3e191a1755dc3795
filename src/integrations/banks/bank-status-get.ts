import { READERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import { readOperation } from '../../platform/operation.ts';
import { bankStanding, requireBank } from './bank-connection.ts';
import { bankStatus } from './bank-status.ts';
import { onboardingOf } from './onboarding.ts';

/** The state of the client account's integration with a bank. Throws banks.not_supported (404). */
export const getBankStatus = readOperation({
  name: 'bank-integration.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, platform, clientAccountId }, input: { bic: string; language: Language }) {
    const bank = requireBank(platform, input.bic);
    const standing = await bankStanding(tx, platform, clientAccountId, bank);
    const { language } = input;
    return { ...bankStatus(standing), onboarding_information: onboardingOf(standing, { clientAccountId, language }) };
  },
});
