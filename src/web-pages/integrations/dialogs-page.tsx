import type { ClientOrganization, Dialog, FoundDialogs } from '../../integrations/index.ts';
import { ownValue } from '../../kernel/own-value.ts';
import type { Language } from '../../platform/errors.ts';
import { timeText } from '../../reports/index.ts';
import { clientAccountPage } from '../page-layout.tsx';

const TEXTS = {
  title: { nb: 'Dialoger', en: 'Dialogs' },
  altinn: { nb: 'Altinn', en: 'Altinn' },
  lead: {
    nb: 'Hentet fra Dialogporten nå; ingenting er lagret her. De sist endrede først.',
    en: 'Fetched from Dialogporten now; nothing is kept here. The last changed first.',
  },
  changed: { nb: 'Endret', en: 'Changed' },
  owner: { nb: 'Etat', en: 'Agency' },
  service: { nb: 'Tjeneste', en: 'Service' },
  status: { nb: 'Status', en: 'Status' },
  all: { nb: 'Alle', en: 'All' },
  show: { nb: 'Vis', en: 'Show' },
  empty: { nb: 'Ingen dialoger.', en: 'No dialogs.' },
  failed: { nb: 'Dialogene kunne ikke hentes', en: 'The dialogs could not be fetched' },
  toAltinn: { nb: 'Til systembrukeren', en: 'To the system user' },
};

const STATUS: Record<string, { nb: string; en: string }> = {
  NotApplicable: { nb: 'Til orientering', en: 'For information' },
  InProgress: { nb: 'Under arbeid', en: 'In progress' },
  Draft: { nb: 'Utkast', en: 'Draft' },
  Awaiting: { nb: 'Venter på svar', en: 'Awaiting' },
  RequiresAttention: { nb: 'Krever oppfølging', en: 'Requires attention' },
  Completed: { nb: 'Fullført', en: 'Completed' },
};

/** Service owners that most businesses hear from; others by their code. */
const OWNERS: Record<string, { nb: string; en: string }> = {
  skd: { nb: 'Skatteetaten', en: 'Tax Administration' },
  nav: { nb: 'Nav', en: 'Nav' },
  brg: { nb: 'Brønnøysundregistrene', en: 'Brønnøysund Register Centre' },
  ssb: { nb: 'Statistisk sentralbyrå', en: 'Statistics Norway' },
};

export interface DialogsPage {
  language: Language;
  account: ClientOrganization;
  found: FoundDialogs;
  /** The filter; empty for all. */
  status: string;
}

export function dialogsPage({ language, account, found, status }: DialogsPage) {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const altinn = `/client-accounts/${account.id}/integrations/altinn`;
  return clientAccountPage({
    title: say('title'),
    lead: say('lead'),
    language,
    account,
    between: [{ text: say('altinn'), href: altinn }],
    body: (
      <>
        {found.refusal ? (
          <div class="message" role="alert">
            <p>
              <strong>{say('failed')}</strong>
              {`: ${found.refusal.sentence(language)}`}
            </p>
            <p>
              <a href={altinn}>{say('toAltinn')}</a>
            </p>
          </div>
        ) : (
          <>
            <form class="search" method="get">
              <label class="field">
                {say('status')}
                <select name="status">
                  <option value="">{say('all')}</option>
                  {Object.entries(STATUS).map(([value, text]) => (
                    <option value={value} selected={value === status}>
                      {text[language]}
                    </option>
                  ))}
                </select>
              </label>
              <button type="submit">{say('show')}</button>
            </form>
            <div class="sheet">
              {found.items.length === 0 ? <p class="empty">{say('empty')}</p> : <Rows {...{ language, say, found }} />}
            </div>
          </>
        )}
      </>
    ),
  });
}

function Rows(shown: { language: Language; say: (text: keyof typeof TEXTS) => string; found: FoundDialogs }) {
  const { language, say, found } = shown;
  return (
    <table class="figures lines">
      <caption class="sr">{say('title')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('changed')}</th>
          <th scope="col">{say('owner')}</th>
          <th scope="col">{say('service')}</th>
          <th scope="col">{say('status')}</th>
        </tr>
      </thead>
      <tbody>
        {found.items.map((dialog) => (
          <tr>
            <th scope="row" class="date">
              {changedText(dialog, language)}
            </th>
            <td data-label={say('owner')}>{ownValue(OWNERS, dialog.org)?.[language] ?? dialog.org}</td>
            <td data-label={say('service')} class="text">
              {dialog.serviceResource.replace('urn:altinn:resource:', '')}
            </td>
            <td data-label={say('status')}>
              {ownValue(STATUS, dialog.status)?.[language] ?? dialog.status}
              {dialog.extendedStatus && <span class="sub">{dialog.extendedStatus}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** As it came where it is no time. */
function changedText({ updatedAt }: Dialog, language: Language): string {
  const time = new Date(updatedAt);
  return Number.isNaN(time.getTime()) ? updatedAt : timeText(time, language);
}
