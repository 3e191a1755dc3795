import {
  type ClientOrganization,
  hasEnded,
  type SystemUserStatus,
  type SystemUserView,
} from '../../integrations/index.ts';
import type { AppError, Language } from '../../platform/errors.ts';
import { organizationNumberText, timeText } from '../../reports/index.ts';
import { clientAccountPage, page } from '../page-layout.tsx';

const TEXTS = {
  title: { nb: 'Altinn', en: 'Altinn' },
  lead: {
    nb: 'En systembruker er kundens samtykke til at Hovedbok henter dialoger og opplysninger for organisasjonen. Den gis i Altinn av en som styrer tilganger der.',
    en: 'A system user is the customer’s consent that Hovedbok fetches dialogs and facts for the organisation. It is given in Altinn by somebody who administers access there.',
  },
  systemUser: { nb: 'Systembruker', en: 'System user' },
  none: { nb: 'Ingen er bedt om ennå.', en: 'None was asked for yet.' },
  noNumber: {
    nb: 'Klientkontoen har ikke noe organisasjonsnummer; uten det kan ingen be om tilgang.',
    en: 'The client account has no organisation number; without one nobody can ask for access.',
  },
  ask: { nb: 'Be om tilgang', en: 'Ask for access' },
  askAgain: { nb: 'Be om tilgang på nytt', en: 'Ask for access again' },
  approve: { nb: 'Godkjenn i Altinn', en: 'Approve in Altinn' },
  approveHint: {
    nb: 'Åpne lenken selv, eller send den til den som styrer tilganger hos kunden.',
    en: 'Open the link yourself, or send it to whoever administers access for the customer.',
  },
  status: { nb: 'Status', en: 'Status' },
  organization: { nb: 'Organisasjon', en: 'Organisation' },
  reference: { nb: 'Referanse', en: 'Reference' },
  changed: { nb: 'Sist endret', en: 'Last changed' },
  earlier: { nb: 'Tidligere forespørsler', en: 'Earlier requests' },
  dialogs: { nb: 'Se dialogene i Dialogporten', en: 'See the dialogs in Dialogporten' },
  returned: { nb: 'Takk', en: 'Thank you' },
  returnedLead: {
    nb: 'Altinn har sendt deg tilbake. Statusen hentes fra Altinn og vises i Hovedbok om kort tid; du kan lukke denne siden.',
    en: 'Altinn has sent you back. The status is fetched from Altinn and shown in Hovedbok shortly; you may close this page.',
  },
  unknown: {
    nb: 'Lenken hører ikke til noen forespørsel; du kan lukke denne siden.',
    en: 'The link belongs to no request; you may close this page.',
  },
};

const STATUS: Record<SystemUserStatus, { nb: string; en: string }> = {
  New: { nb: 'Venter på kunden', en: 'Awaits the customer' },
  Pending: { nb: 'Under behandling i Altinn', en: 'Being handled in Altinn' },
  Active: { nb: 'Aktiv', en: 'Active' },
  Rejected: { nb: 'Avslått av kunden', en: 'Rejected by the customer' },
  Denied: { nb: 'Nektet av Altinn', en: 'Denied by Altinn' },
  TimedOut: { nb: 'Utløpt uten svar', en: 'Expired without an answer' },
  Deleted: { nb: 'Slettet i Altinn', en: 'Deleted in Altinn' },
};

type Say = (text: keyof typeof TEXTS) => string;

export interface AltinnPage {
  language: Language;
  account: ClientOrganization;
  /** The newest of the account's organisation, whatever became of it. */
  standing: SystemUserView | undefined;
  earlier: readonly SystemUserView[];
  /** Why the last wish was not fulfilled. */
  refusal: AppError | undefined;
}

export function altinnPage(shown: AltinnPage) {
  const { language, account, earlier } = shown;
  const say: Say = (text) => TEXTS[text][language];
  return clientAccountPage({
    title: say('title'),
    lead: say('lead'),
    language,
    account,
    body: (
      <>
        <SystemUserPart {...shown} />
        {earlier.length > 0 && (
          <section class="part">
            <h2>{say('earlier')}</h2>
            <ul class="files">
              {earlier.map((one) => (
                <li>
                  {`${STATUS[one.status][language]} · ${timeText(new Date(one.updated_at), language)} `}
                  <span class="sub">{one.external_ref}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
      </>
    ),
  });
}

/** What stands between us and the customer's consent, and the one step that is next. */
export function SystemUserPart({ language, account, standing, refusal }: Omit<AltinnPage, 'earlier'>) {
  const say: Say = (text) => TEXTS[text][language];
  const mayAsk = account.organization_number !== null && (!standing || hasEnded(standing.status));
  const waits = standing !== undefined && ['New', 'Pending'].includes(standing.status);
  return (
    <section class="part">
      <h2>{say('systemUser')}</h2>
      {refusal && (
        <div class="message" role="alert">
          <p>{refusal.sentence(language)}</p>
        </div>
      )}
      {account.organization_number === null && <p>{say('noNumber')}</p>}
      {account.organization_number !== null && !standing && <p>{say('none')}</p>}
      {standing && (
        <dl class="trail">
          <div>
            <dt>{say('status')}</dt>
            <dd>{STATUS[standing.status][language]}</dd>
          </div>
          <div>
            <dt>{say('organization')}</dt>
            <dd>{organizationNumberText(standing.org_number)}</dd>
          </div>
          <div>
            <dt>{say('reference')}</dt>
            <dd>{standing.external_ref}</dd>
          </div>
          <div>
            <dt>{say('changed')}</dt>
            <dd>{timeText(new Date(standing.updated_at), language)}</dd>
          </div>
        </dl>
      )}
      {waits && standing.confirm_url && (
        <p>
          <a class="button" href={standing.confirm_url} rel="noreferrer">
            {say('approve')}
          </a>
          <span class="sub">{say('approveHint')}</span>
        </p>
      )}
      {mayAsk && (
        <form method="post" action={`/client-accounts/${account.id}/integrations/altinn`}>
          <button type="submit">{say(standing ? 'askAgain' : 'ask')}</button>
        </form>
      )}
      {standing?.status === 'Active' && (
        <p>
          <a href={`/client-accounts/${account.id}/integrations/dialogs`}>{say('dialogs')}</a>
        </p>
      )}
    </section>
  );
}

/** For a browser that returns from the approval without a session here. */
export function returnedPage(language: Language, signedIn: boolean, isKnown: boolean) {
  const say: Say = (text) => TEXTS[text][language];
  return page({
    title: say('returned'),
    language,
    signedIn,
    body: (
      <div class="wrap">
        <h1>{say('returned')}</h1>
        <p class="lead">{say(isKnown ? 'returnedLead' : 'unknown')}</p>
      </div>
    ),
  });
}
