import { isoSeconds } from '../../kernel/clock.ts';
import type { Language, Text } from '../../platform/errors.ts';
import { nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { type BankStanding, type ConnectedAccount, isConnected, providerOf, SERVICES } from './bank-connection.ts';
import { PROVIDER_NAMES, PROVIDERS } from './bank-directory.ts';

const STATES = [
  'not_requested',
  'form_ready',
  'sent_to_bank',
  'bank_processing',
  'connected',
  'rejected',
  'expired',
  'terminated',
] as const;
const STEP_STATES = ['done', 'current', 'waiting', 'failed'] as const;
const ACCOUNT_STATES = ['not_requested', 'requested', 'ready', 'rejected', 'ended'] as const;
const ServiceState = Type.Enum(['ready', 'pending']);

export const PendingOnboarding = strict({
  provider: Type.Enum([...PROVIDERS]),
  state: Type.Enum([...STATES]),
  steps: Type.Array(
    strict({
      key: Type.Enum(['order', 'form', 'bank', 'accounts']),
      title: Type.String(),
      state: Type.Enum([...STEP_STATES]),
      at: nullable(TimeText),
    }),
  ),
  documents: Type.Array(strict({ form_type: Type.String(), url: Type.String() })),
  services: strict({ payments: ServiceState, statements: ServiceState, receivables: ServiceState }),
  accounts: Type.Array(
    strict({
      bank_account_id: Type.Integer(),
      state: Type.Enum([...ACCOUNT_STATES]),
      reason: nullable(Type.String()),
    }),
  ),
  message: Type.String(),
  updated_at: nullable(TimeText),
});

/** The remaining steps until files are exchanged; `{}` if there are none. */
export const OnboardingInformation = Type.Union([PendingOnboarding, strict({})]);
export type OnboardingInformation = Static<typeof OnboardingInformation>;

const STEPS: Record<'order' | 'form' | 'bank' | 'accounts', Text> = {
  order: { nb: 'Slå på bankintegrasjonen', en: 'Switch the bank integration on' },
  form: { nb: 'Signer avtaleskjemaet og send det til banken', en: 'Sign the agreement form and send it to the bank' },
  bank: { nb: 'Banken registrerer avtalen', en: 'The bank registers the agreement' },
  accounts: { nb: '{provider} gjør kontoene klare', en: '{provider} makes the accounts ready' },
};

/** The first unfinished step. */
const CURRENT = {
  not_requested: 0,
  form_ready: 1,
  sent_to_bank: 2,
  bank_processing: 2,
  connected: 3,
  rejected: 2,
  expired: 1,
  terminated: 1,
} satisfies Record<(typeof STATES)[number], number>;

const MESSAGES: Record<(typeof STATES)[number] | 'switched_off' | 'some_accounts', Text> = {
  not_requested: { nb: 'Integrasjonen er ikke bestilt.', en: 'The integration has not been ordered.' },
  form_ready: {
    nb: 'Skriv ut avtaleskjemaet, la dem som kan signere for selskapet signere, og send det til banken.',
    en: 'Print the agreement form, have it signed by who may sign for the company, and send it to the bank.',
  },
  sent_to_bank: {
    nb: 'Avtalen er sendt til banken. Banken kontrollerer signaturretten.',
    en: 'The agreement was sent to the bank, which checks the right to sign.',
  },
  bank_processing: { nb: 'Banken registrerer avtalen.', en: 'The bank is registering the agreement.' },
  connected: {
    nb: 'Banken har registrert avtalen, men ingen konto er klar ennå.',
    en: 'The bank has registered the agreement, but no account is ready yet.',
  },
  some_accounts: {
    nb: 'Forbindelsen virker, men ikke for alle kontoene.',
    en: 'The connection works, but not for every account.',
  },
  rejected: {
    nb: 'Banken avviste avtalen{reason}. Rett den og send et nytt skjema.',
    en: 'The bank rejected the agreement{reason}. Mend it and send a new form.',
  },
  expired: {
    nb: 'Avtalen er utløpt{reason}. Send et nytt skjema til banken.',
    en: 'The agreement has expired{reason}. Send a new form to the bank.',
  },
  terminated: {
    nb: 'Avtalen er avsluttet{reason}. Send et nytt skjema for å begynne igjen.',
    en: 'The agreement was terminated{reason}. Send a new form to begin again.',
  },
  switched_off: {
    nb: 'Slått av her, så ingen filer hentes. Avtalen gjelder fortsatt i banken og må avsluttes der.',
    en: 'Switched off here, so no files are fetched. The agreement still stands at the bank and must be ended there.',
  },
};

/** The remaining steps before files of this bank are exchanged, in order. */
export function onboardingOf(
  standing: BankStanding,
  { clientAccountId, language }: { clientAccountId: number; language: Language },
): OnboardingInformation {
  const { bank, connection } = standing;
  const accounts = standing.accounts.filter((account) => account.is_active);
  const isActive = connection?.is_active ?? false;
  const pendingAccounts = accounts.some((account) => stateOf(account) !== 'ready');
  if (isActive && isConnected(standing) && !pendingAccounts) return {};
  const state = connection?.agreement_state ?? 'not_requested';
  const provider = providerOf(standing);
  const current = isActive ? CURRENT[state] : 0;
  const isRefused = state === 'rejected';
  const at = (index: number) => {
    if (index === 0) return isActive ? (connection?.ordered_at ?? null) : null;
    return index === current - 1 ? (connection?.agreement_at ?? null) : null;
  };
  const message = !isActive && state !== 'not_requested' && isStanding(state) ? 'switched_off' : state;
  return {
    provider,
    state,
    steps: Object.entries(STEPS).map(([key, title], index) => ({
      key: key as keyof typeof STEPS,
      title: title[language].replace('{provider}', PROVIDER_NAMES[provider]),
      state: index < current ? 'done' : index > current ? 'waiting' : isRefused && isActive ? 'failed' : 'current',
      at: index < current ? iso(at(index)) : null,
    })),
    documents: isStanding(state)
      ? []
      : [{ form_type: 'integration-agreement', url: formAddress(bank.bic, clientAccountId) }],
    services: servicesOf(accounts),
    accounts: accounts.map((account) => ({
      bank_account_id: account.id,
      state: stateOf(account),
      reason: account.readiness?.reason ?? null,
    })),
    message: sentence(
      isActive && isConnected(standing) ? 'some_accounts' : message,
      connection?.agreement_reason,
      language,
    ),
    updated_at: iso(connection?.agreement_at ?? null),
  };
}

/** Whether the bank has the agreement, or is about to have it. */
function isStanding(state: (typeof STATES)[number]): boolean {
  return state === 'connected' || state === 'sent_to_bank' || state === 'bank_processing';
}

function stateOf({ readiness }: ConnectedAccount) {
  return readiness?.state ?? ('not_requested' as const);
}

function servicesOf(accounts: readonly ConnectedAccount[]) {
  const ready = new Set(accounts.flatMap(({ readiness }) => (readiness?.state === 'ready' ? readiness.services : [])));
  const [payments, statements, receivables] = SERVICES.map((service) =>
    ready.has(service) ? ('ready' as const) : ('pending' as const),
  );
  return { payments: payments!, statements: statements!, receivables: receivables! };
}

function sentence(of: keyof typeof MESSAGES, reason: string | null | undefined, language: Language): string {
  return MESSAGES[of][language].replace('{reason}', () => (reason ? ` (${reason})` : ''));
}

export function formAddress(bic: string, clientAccountId: number): string {
  return `/api/v2/integrations/banks/${bic}/pdf-forms/integration-agreement?client_account_id=${clientAccountId}`;
}

function iso(time: Date | null): string | null {
  return time && isoSeconds(time);
}
