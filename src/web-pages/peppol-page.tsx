import type { ClientOrganization } from '../integrations/index.ts';
import type { AppError, Language } from '../platform/errors.ts';
import { organizationNumberText } from '../reports/index.ts';
import { clientAccountPage } from './page-layout.tsx';

const TEXTS = {
  title: { nb: 'Peppol', en: 'Peppol' },
  lead: {
    nb: 'Send og motta fakturaer og kreditnotaer som EHF. Virksomheten registreres som mottaker av begge når du slår på.',
    en: 'Send and receive invoices and credit notes as EHF. Switched on, the organisation is registered as receiver of both.',
  },
  number: { nb: 'Organisasjonsnummer', en: 'Organisation number' },
  none: { nb: 'mangler', en: 'missing' },
  state: { nb: 'Status', en: 'State' },
  live: { nb: 'Slått på og synlig i nettverket', en: 'On, and seen in the network' },
  waiting: { nb: 'Slått på, ikke synlig i nettverket ennå', en: 'On, not seen in the network yet' },
  leaving: { nb: 'Slått av, fortsatt synlig i nettverket en stund', en: 'Off, still seen in the network for a while' },
  off: { nb: 'Slått av', en: 'Off' },
  enable: { nb: 'Slå på', en: 'Switch on' },
  disable: { nb: 'Slå av', en: 'Switch off' },
  key: { nb: 'Flyttenøkkel fra den andre leverandøren', en: 'Migration key of the other provider' },
};

export interface PeppolPage {
  language: Language;
  account: ClientOrganization;
  status: { is_active: boolean; connected: boolean };
  /** Why the last wish was not fulfilled. */
  refusal: AppError | undefined;
}

export function peppolPath(clientAccountId: number): string {
  return `/client-accounts/${clientAccountId}/integrations/peppol`;
}

/** Whether a client account uses Peppol, and the switch. */
export function peppolPage({ language, account, status, refusal }: PeppolPage) {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const { is_active: isActive, connected } = status;
  const state = isActive ? (connected ? 'live' : 'waiting') : connected ? 'leaving' : 'off';
  const number = account.organization_number;
  return clientAccountPage({
    title: say('title'),
    lead: say('lead'),
    language,
    account,
    refusal,
    body: (
      <>
        <section class="part" aria-label={say('title')}>
          <dl class="trail">
            <div>
              <dt>{say('number')}</dt>
              <dd>{number === null ? say('none') : organizationNumberText(number)}</dd>
            </div>
            <div>
              <dt>{say('state')}</dt>
              <dd>{say(state)}</dd>
            </div>
          </dl>
          <form method="post" action={peppolPath(account.id)}>
            <input type="hidden" name="is_active" value={isActive ? '0' : '1'} />
            {refusal?.code === 'peppol.taken_elsewhere' && (
              <label class="field">
                {say('key')}
                <input type="text" name="migration_key" maxlength={200} autocomplete="off" />
              </label>
            )}
            <button type="submit">
              {say(isActive ? 'disable' : 'enable')}
              <span class="sr">{` ${say('title')}`}</span>
            </button>
          </form>
        </section>
      </>
    ),
  });
}
