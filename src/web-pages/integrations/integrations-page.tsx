import type { Connections, Party } from '../../integrations/index.ts';
import type { AppError, Language } from '../../platform/errors.ts';
import { type HtmlDocument, organizationNumberText } from '../../reports/index.ts';
import { page } from '../page-layout.tsx';

const TEXTS = {
  title: { nb: 'Tilkoblinger', en: 'Connections' },
  lead: {
    nb: 'Logg inn i ID-porten for å handle på egne vegne hos det offentlige. Tilkoblingen gjelder deg, ikke klientkontoen.',
    en: 'Log in at ID-porten to act in your own name towards public services. The connection is yours, not the client account’s.',
  },
  idPorten: { nb: 'ID-porten', en: 'ID-porten' },
  altinn: { nb: 'Altinn', en: 'Altinn' },
  banks: { nb: 'Banker', en: 'Banks' },
  peppol: { nb: 'Peppol', en: 'Peppol' },
  webhooks: { nb: 'Webhooks', en: 'Webhooks' },
  systemUser: { nb: 'Systembruker og dialoger for klientkontoen', en: 'System user and dialogs of the client account' },
  connected: { nb: 'Tilkoblet', en: 'Connected' },
  notConnected: { nb: 'Ikke tilkoblet', en: 'Not connected' },
  connect: { nb: 'Koble til', en: 'Connect' },
  disconnect: { nb: 'Koble fra', en: 'Disconnect' },
  notConfigured: {
    nb: 'Denne installasjonen er ikke koblet til ID-porten.',
    en: 'This installation is not connected to ID-porten.',
  },
  came: { nb: 'Du er koblet til.', en: 'You are connected.' },
  left: { nb: 'Du er koblet fra.', en: 'You are disconnected.' },
  noConsent: {
    nb: 'Du er logget inn, men ga ikke samtykke til Altinn.',
    en: 'You are logged in, but did not consent to Altinn.',
  },
  parties: { nb: 'Hvem du kan representere', en: 'Whom you can represent' },
  noParties: { nb: 'Altinn viser ingen du kan representere.', en: 'Altinn shows nobody that you can represent.' },
  name: { nb: 'Navn', en: 'Name' },
  number: { nb: 'Organisasjonsnummer', en: 'Organisation number' },
  form: { nb: 'Form', en: 'Form' },
  person: { nb: 'Person', en: 'Person' },
  onlyUnits: { nb: 'kun underenheter', en: 'sub-units only' },
  deleted: { nb: 'slettet', en: 'deleted' },
  more: { nb: 'til er ikke vist', en: 'more are not shown' },
  back: { nb: 'Tilbake til tilkoblingene', en: 'Back to the connections' },
  failed: { nb: 'Innloggingen ble ikke fullført', en: 'The login was not completed' },
  otherPerson: { nb: 'Koble til en annen person', en: 'Connect another person' },
};

type Say = (text: keyof typeof TEXTS) => string;
const sayIn =
  (language: Language): Say =>
  (text) =>
    TEXTS[text][language];

/** Parties that a page shows; the API has them all. */
const MOST_SHOWN = 500;

export interface IntegrationsPage {
  language: Language;
  connections: Connections;
  /** Null where the user is not connected to Altinn; an error where Altinn does not tell. */
  parties: Party[] | AppError | null;
  /** What has just happened. */
  news: 'came' | 'left' | 'noConsent' | null;
}

/** What the user is connected to, and whom the user can represent. */
export function integrationsPage({ language, connections, parties, news }: IntegrationsPage): HtmlDocument {
  const say = sayIn(language);
  const { configured, clientAccount } = connections;
  const id = clientAccount?.id ?? null;
  return page({
    title: say('title'),
    language,
    signedIn: true,
    crumbs: [
      ...(clientAccount
        ? [{ text: clientAccount.name, href: `/client-accounts/${clientAccount.id}/trial-balance` }]
        : []),
      { text: say('title') },
    ],
    body: (
      <div class="wrap">
        <h1>{say('title')}</h1>
        <p class="lead">{say('lead')}</p>
        {news && (
          <p class="message" role="status">
            {say(news)}
          </p>
        )}
        {!configured && <p class="empty">{say('notConfigured')}</p>}
        {configured && (
          <div class="sheet">
            <Connection purpose="id-porten" name={say('idPorten')} on={connections.idPorten} id={id} say={say} />
            <Connection purpose="altinn" name={say('altinn')} on={connections.altinn} id={id} say={say} />
          </div>
        )}
        {clientAccount && (
          <p>
            <a href={`/client-accounts/${clientAccount.id}/integrations/altinn`}>{say('systemUser')}</a>
            {' · '}
            <a href={`/client-accounts/${clientAccount.id}/integrations/banks`}>{say('banks')}</a>
            {' · '}
            <a href={`/client-accounts/${clientAccount.id}/integrations/peppol`}>{say('peppol')}</a>
            {' · '}
            <a href={`/client-accounts/${clientAccount.id}/webhooks`}>{say('webhooks')}</a>
          </p>
        )}
        {parties && <Parties parties={parties} language={language} say={say} />}
      </div>
    ),
  });
}

interface ConnectionParts {
  purpose: 'id-porten' | 'altinn';
  name: string;
  on: boolean;
  id: number | null;
  say: Say;
}

function Connection({ purpose, name, on, id, say }: ConnectionParts) {
  return (
    <section class="part" aria-labelledby={purpose}>
      <h2 id={purpose}>{name}</h2>
      <p>{say(on ? 'connected' : 'notConnected')}</p>
      <form method="post" action={on ? '/integrations/disconnect' : '/integrations/connect'}>
        {id !== null && <input type="hidden" name="client_account_id" value={String(id)} />}
        <input type="hidden" name="purpose" value={purpose} />
        <button type="submit">
          {say(on ? 'disconnect' : 'connect')}
          <span class="sr">{` ${name}`}</span>
        </button>
      </form>
    </section>
  );
}

function Parties({ parties, language, say }: { parties: Party[] | AppError; language: Language; say: Say }) {
  const isList = Array.isArray(parties);
  return (
    <section class="part" aria-labelledby="parties">
      <h2 id="parties">{say('parties')}</h2>
      {!isList && (
        <p class="message" role="alert">
          {parties.sentence(language)}
        </p>
      )}
      {isList && parties.length === 0 && <p class="empty">{say('noParties')}</p>}
      {isList && parties.length > 0 && <PartyTable parties={parties} say={say} />}
    </section>
  );
}

function PartyTable({ parties, say }: { parties: Party[]; say: Say }) {
  const all = parties.flatMap((party) => [
    { party, below: false },
    ...(party.subunits ?? []).map((one) => ({ party: one, below: true })),
  ]);
  return (
    <div class="sheet">
      <table class="figures lines">
        <thead>
          <tr>
            <th scope="col">{say('name')}</th>
            <th scope="col">{say('number')}</th>
            <th scope="col">{say('form')}</th>
          </tr>
        </thead>
        <tbody>
          {all.slice(0, MOST_SHOWN).map(({ party, below }) => (
            <tr>
              <th scope="row">
                {below ? '– ' : ''}
                {textOf(party.name)}
                <PartyNote party={party} say={say} />
              </th>
              <td data-label={say('number')}>{numberOf(party)}</td>
              <td data-label={say('form')}>{party.organizationNumber ? textOf(party.unitType) : say('person')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > MOST_SHOWN && <p class="lead">{`${all.length - MOST_SHOWN} ${say('more')}`}</p>}
    </div>
  );
}

function PartyNote({ party, say }: { party: Party; say: Say }) {
  if (party.selectable) return null;
  return <span class="sub">{say(party.isDeleted === true ? 'deleted' : 'onlyUnits')}</span>;
}

/** A person's number is not shown: it says nothing that the name does not. */
function numberOf({ organizationNumber }: Party): string {
  return typeof organizationNumber === 'string' ? organizationNumberText(organizationNumber) : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export interface LoginFailedPage {
  language: Language;
  refusal: AppError;
  clientAccountId: number | null;
  purpose: 'id-porten' | 'altinn' | null;
}

/** Why a login did not become a connection, and the way on. */
export function loginFailedPage({ language, refusal, clientAccountId, purpose }: LoginFailedPage): HtmlDocument {
  const say = sayIn(language);
  return page({
    title: say('failed'),
    language,
    signedIn: true,
    body: (
      <div class="wrap">
        <h1>{say('failed')}</h1>
        <p class="lead">{refusal.sentence(language)}</p>
        {refusal.code === 'id_porten.another_person' && purpose && (
          <form method="post" action="/integrations/connect">
            {clientAccountId !== null && (
              <input type="hidden" name="client_account_id" value={String(clientAccountId)} />
            )}
            <input type="hidden" name="purpose" value={purpose} />
            <input type="hidden" name="another_person" value="1" />
            <button type="submit">{say('otherPerson')}</button>
          </form>
        )}
        <p>
          <a href={integrationsPath(clientAccountId)}>{say('back')}</a>
        </p>
      </div>
    ),
  });
}

/** The page of connections, as the user came from a client account. */
export function integrationsPath(clientAccountId: number | null, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    ...(clientAccountId === null ? {} : { client_account_id: String(clientAccountId) }),
    ...more,
  }).toString();
  return query === '' ? '/integrations' : `/integrations?${query}`;
}

/** As `document`, with forms that a redirect may lead on to these sites. */
export function withFormTargets(document: HtmlDocument, targets: readonly string[]): HtmlDocument {
  const contentSecurityPolicy = document.contentSecurityPolicy.replace(
    "form-action 'self'",
    ["form-action 'self'", ...targets].join(' '),
  );
  return { ...document, contentSecurityPolicy };
}
