import { findBankAccount } from '../../banking/index.ts';
import { READERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import { strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { type BankStanding, bankStandings, isConnected, providerOf } from './bank-connection.ts';
import { onboardingOf, PendingOnboarding } from './onboarding.ts';

export const AritmaStatus = strict({
  is_active: Type.Boolean(),
  is_connected: Type.Boolean(),
  onboarding_information: Type.Union([
    strict({ banks: Type.Array(strict({ bic: Type.String(), ...PendingOnboarding.properties })) }),
    strict({}),
  ]),
});

/**
 * The state of the integrations through ZData (Aritma): of one bank account, or of all in the client account. Active
 * and connected if one of them is; the remaining steps are listed for each unfinished one. Throws 404 for an unknown
 * account.
 */
export const getAritmaStatus = readOperation({
  name: 'aritma.status',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, platform, clientAccountId }, input: { bankAccountId: number | null; language: Language }) {
    const { bankAccountId, language } = input;
    if (bankAccountId !== null) await findBankAccount(tx, clientAccountId, bankAccountId);
    const standings = (await bankStandings(tx, platform, clientAccountId)).filter(
      (standing) =>
        providerOf(standing) === 'zdata' &&
        (bankAccountId === null || standing.accounts.some(({ id }) => id === bankAccountId)),
    );
    const banks = standings.flatMap((standing) => {
      const pending = onboardingOf(standing, { clientAccountId, language });
      return 'state' in pending ? [{ bic: standing.bank.bic, ...pending }] : [];
    });
    return {
      is_active: standings.some(({ connection }) => connection?.is_active),
      is_connected: standings.some((standing) => isConnectedFor(standing, bankAccountId)),
      onboarding_information: banks.length > 0 ? { banks } : {},
    };
  },
});

/** For one account: the agreement is in force, and this account is ready. */
function isConnectedFor(standing: BankStanding, bankAccountId: number | null): boolean {
  if (bankAccountId === null) return isConnected(standing);
  const accounts = standing.accounts.filter(({ id }) => id === bankAccountId);
  return isConnected({ ...standing, accounts });
}
