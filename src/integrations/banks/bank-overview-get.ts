import { READERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import { readOperation } from '../../platform/operation.ts';
import { bankStandings, isConnected, providerOf } from './bank-connection.ts';
import { PROVIDER_NAMES } from './bank-directory.ts';
import { needsDivision } from './integration-config.ts';
import { formAddress, type OnboardingInformation, onboardingOf } from './onboarding.ts';

/** A bank of the client account, as shown to users. */
export interface BankOverview {
  bic: string;
  name: string;
  /** The provider that carries the files. */
  provider: string;
  isActive: boolean;
  isConnected: boolean;
  /** Whether it can be activated: the client account has an active account there. */
  hasActiveAccount: boolean;
  /** DNB only. */
  division: { number: string; name: string } | null;
  remaining: OnboardingInformation;
  accounts: { id: number; name: string }[];
  formAddress: string;
}

/** The banks that the client account uses, each with the remaining steps before files are exchanged. */
export const getBankOverview = readOperation({
  name: 'bank-integration.overview',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, platform, clientAccountId }, { language }: { language: Language }): Promise<BankOverview[]> {
    const standings = await bankStandings(tx, platform, clientAccountId);
    return standings.map((standing) => {
      const { bank, connection } = standing;
      const config = connection?.integration_config ?? {};
      const accounts = standing.accounts.filter((account) => account.is_active);
      return {
        bic: bank.bic,
        name: bank.name,
        provider: PROVIDER_NAMES[providerOf(standing)],
        isActive: connection?.is_active ?? false,
        isConnected: isConnected(standing),
        hasActiveAccount: accounts.length > 0,
        division: needsDivision(bank.bic)
          ? { number: config.division_number ?? '', name: config.division_name ?? '' }
          : null,
        remaining: onboardingOf(standing, { clientAccountId, language }),
        accounts: accounts.map(({ id, name }) => ({ id, name })),
        formAddress: formAddress(bank.bic, clientAccountId),
      };
    });
  },
});
