import type { Language, Text } from '../platform/errors.ts';
import type { OutboxMail } from '../platform/mail.ts';
import { dateText, organizationNumberText, type Overview, type OverviewRow, timeText } from '../reports/index.ts';
import { bankTransactionsPath } from './bank/bank-transactions-page.tsx';
import { invoicesPath } from './invoices/invoices-page.tsx';
import { page } from './page-layout.tsx';
import { Pager } from './pager.tsx';

const TEXTS = {
  title: { nb: 'Klientkontoer', en: 'Client accounts' },
  lead: {
    nb: 'Regnskapene du har tilgang til. Åpne saldobalansen og følg tallene ned til bilag og dokument.',
    en: 'The books you have access to. Open the trial balance and follow the figures down to entry and document.',
  },
  search: { nb: 'Navn eller organisasjonsnummer', en: 'Name or organisation number' },
  find: { nb: 'Søk', en: 'Search' },
  lastEntry: { nb: 'Siste bilag', en: 'Last entry' },
  locked: { nb: 'Låst til og med', en: 'Locked until' },
  entries: { nb: 'Bilag', en: 'Entries' },
  none: { nb: 'ingen', en: 'none' },
  empty: { nb: 'Ingen klientkontoer å vise.', en: 'No client accounts to show.' },
  open: { nb: 'saldobalanse', en: 'trial balance' },
  invoices: { nb: 'Fakturaer', en: 'Invoices' },
  payments: { nb: 'Betalinger', en: 'Payments' },
  bank: { nb: 'Bank', en: 'Bank' },
  mails: { nb: 'E-post som ikke er sendt', en: 'Mail not sent' },
  mailsLead: {
    nb: 'SMTP_URL er ikke satt, så invitasjoner blir liggende her. De vises bare for den som selv kan sende dem.',
    en: 'SMTP_URL is not set, so invitations stay here. They are shown only to who may send them.',
  },
  welcome: {
    nb: 'Åpent regnskapssystem for Norge: hovedbok, mva, rapporter og SAF-T, med alt tilgjengelig i API-et.',
    en: 'Open accounting for Norway: ledger, VAT, reports and SAF-T, all of it in the API.',
  },
  signIn: { nb: 'Logg inn', en: 'Sign in' },
  demoTitle: { nb: 'Demoregnskapet', en: 'The demo books' },
  demo: {
    nb: 'Åpne saldobalansen til en klient og følg et tall: konto, linjer, bilag, dokument. Alt er oppdiktet, og du kan prøve alt.',
    en: 'Open the trial balance of a client and follow a figure: account, lines, entry, document. All of it is made up, and you may try everything.',
  },
  api: { nb: 'API-et og hva det kan', en: 'The API and what it does' },
  token: {
    nb: 'Et tilgangstoken for API-et ble skrevet i terminalen da serveren startet.',
    en: 'An access token for the API was printed in the terminal when the server started.',
  },
};

type Say = (text: keyof typeof TEXTS) => string;

export interface StartPage {
  language: Language;
  overview: Overview;
  search: string;
  mails: OutboxMail[] | null;
}

export function startPage({ language, overview, search, mails }: StartPage) {
  const say: Say = (text) => TEXTS[text][language];
  const at = (number: number) =>
    `/?${new URLSearchParams({ ...(search ? { q: search } : {}), page: String(number) }).toString()}`;
  return page({
    title: say('title'),
    language,
    signedIn: true,
    body: (
      <div class="wrap">
        <h1>{say('title')}</h1>
        <p class="lead">{say('lead')}</p>
        {(overview.pages > 1 || search !== '') && (
          <form class="search" method="get" action="/" role="search">
            <label class="field">
              {say('search')}
              <input type="search" name="q" value={search} />
            </label>
            <button type="submit">{say('find')}</button>
          </form>
        )}
        <div class="sheet">
          {overview.accounts.length === 0 && <p class="empty">{say('empty')}</p>}
          <ul class="books">
            {overview.accounts.map((account) => (
              <Books account={account} language={language} say={say} />
            ))}
          </ul>
          <Pager meta={overview} language={language} at={at} withPosition />
        </div>
        {mails && mails.length > 0 && <Mails mails={mails} language={language} say={say} />}
      </div>
    ),
  });
}

function Books({ account, language, say }: { account: OverviewRow; language: Language; say: Say }) {
  const { from, to } = account.fiscal_year;
  const date = (value: string | null) => (value ? dateText(value, language) : say('none'));
  return (
    <li>
      <div>
        <h2>
          <a href={`/client-accounts/${account.id}/trial-balance?date_from=${from}&date_to=${to}`}>
            {account.name}
            <span class="sr">{`, ${say('open')}`}</span>
          </a>
        </h2>
        {account.organization_number && (
          <span class="number">
            {`${organizationNumberText(account.organization_number)} · `}
            <a href={`/client-accounts/${account.id}/integrations/altinn`}>
              Altinn
              <span class="sr">{`, ${account.name}`}</span>
            </a>
          </span>
        )}
        {account.registry?.note && <strong class="number">{account.registry.note[language]}</strong>}
        <a class="number" href={invoicesPath(account.id)}>
          {say('invoices')}
          <span class="sr">{`, ${account.name}`}</span>
        </a>
        <a class="number" href={`/client-accounts/${account.id}/payments`}>
          {say('payments')}
          <span class="sr">{`, ${account.name}`}</span>
        </a>
        <a class="number" href={bankTransactionsPath(account.id)}>
          {say('bank')}
          <span class="sr">{`, ${account.name}`}</span>
        </a>
      </div>
      <span class="fact">
        <small>{say('entries')}</small>
        {account.entries.toLocaleString(language === 'nb' ? 'nb-NO' : 'en-GB')}
      </span>
      <span class="fact">
        <small>{say('lastEntry')}</small>
        {date(account.last_entry_date)}
      </span>
      <span class="fact">
        <small>{say('locked')}</small>
        {date(account.locked_until)}
      </span>
    </li>
  );
}

function Mails({ mails, language, say }: { mails: OutboxMail[]; language: Language; say: Say }) {
  return (
    <section class="part">
      <h2>{say('mails')}</h2>
      <p class="lead">{say('mailsLead')}</p>
      <ul class="mails sheet">
        {mails.map((mail) => (
          <li>
            <details>
              <summary>
                <strong>{mail.subject}</strong> · {mail.recipient} · {timeText(mail.created_at, language)}
              </summary>
              <pre>{mail.text_body}</pre>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A user of the demo, with the published password. */
export interface DemoSignIn {
  email: string;
  password: string;
  as: Text;
  sees: Text;
}

export function welcomePage(language: Language, demoSignIns: readonly DemoSignIn[]) {
  const say: Say = (text) => TEXTS[text][language];
  return page({
    title: 'Hovedbok',
    language,
    signedIn: false,
    body: (
      <div class="wrap">
        <h1>Hovedbok</h1>
        <p class="lead">{say('welcome')}</p>
        <p>
          <a class="button" href="/login">
            {say('signIn')}
          </a>
        </p>
        {demoSignIns.length > 0 && (
          <section class="demo">
            <h2>{say('demoTitle')}</h2>
            <p>{say('demo')}</p>
            {demoSignIns.map(({ email, password, as, sees }) => (
              <form method="post" action="/login">
                <input type="hidden" name="email" value={email} />
                <input type="hidden" name="password" value={password} />
                <button type="submit">{as[language]}</button>
                <span>{sees[language]}</span>
              </form>
            ))}
            <p>
              <a href="/docs">{say('api')}</a>. {say('token')}
            </p>
          </section>
        )}
      </div>
    ),
  });
}
