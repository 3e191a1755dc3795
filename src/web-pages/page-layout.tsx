import type { Child } from 'hono/jsx';
import type { AppError, Language } from '../platform/errors.ts';
import { type HtmlDocument, htmlDocument, reportStyle } from '../reports/index.ts';
import { pageStyle } from './page-style.ts';
import { Refusal } from './refusal.tsx';

const TEXTS = {
  skip: { nb: 'Til innholdet', en: 'Skip to content' },
  path: { nb: 'Du er her', en: 'You are here' },
  docs: { nb: 'API', en: 'API' },
  signIn: { nb: 'Logg inn', en: 'Sign in' },
  signOut: { nb: 'Logg ut', en: 'Sign out' },
  start: { nb: 'Klientkontoer', en: 'Client accounts' },
  integrations: { nb: 'Tilkoblinger', en: 'Connections' },
};

export interface Crumb {
  text: string;
  href?: string;
}

export interface PageParts {
  title: string;
  language: Language;
  signedIn: boolean;
  /** From the start page down to this one; the start page itself is added. */
  crumbs?: Crumb[];
  /** Style rules of this page alone. */
  style?: string;
  body: Child;
}

/** A page of the browser interface: bar, path, content. No script. */
export function page({ title, language, signedIn, crumbs = [], style, body }: PageParts): HtmlDocument {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  return htmlDocument(
    language,
    title === 'Hovedbok' ? title : `${title} – Hovedbok`,
    [reportStyle, pageStyle, ...(style ? [style] : [])],
    <>
      <Bar language={language} signedIn={signedIn} />
      {crumbs.length > 0 && (
        <nav class="crumbs screen" aria-label={say('path')}>
          <ol>
            {[{ text: say('start'), href: '/' }, ...crumbs].map((crumb) => (
              <li>
                {crumb.href ? <a href={crumb.href}>{crumb.text}</a> : <span aria-current="page">{crumb.text}</span>}
              </li>
            ))}
          </ol>
        </nav>
      )}
      <main id="content">{body}</main>
    </>,
  );
}

export interface ClientAccountPageParts {
  title: string;
  /** One sentence below the title. */
  lead?: string;
  language: Language;
  account: { id: number; name: string };
  /** Why the requested action was refused. */
  refusal?: AppError | null;
  /** From the client account down to this page. */
  between?: Crumb[];
  style?: string;
  body: Child;
}

/** A page about one client account. */
export function clientAccountPage(parts: ClientAccountPageParts): HtmlDocument {
  const { title, lead, language, account, refusal = null, between = [], style, body } = parts;
  return page({
    title: `${title} ${account.name}`,
    language,
    signedIn: true,
    crumbs: [{ text: account.name, href: `/client-accounts/${account.id}/trial-balance` }, ...between, { text: title }],
    ...(style === undefined ? {} : { style }),
    body: (
      <div class="wrap">
        <h1>{title}</h1>
        {lead !== undefined && <p class="lead">{lead}</p>}
        <Refusal refusal={refusal} language={language} />
        {body}
      </div>
    ),
  });
}

/** The bar on top. `signedIn` null: the page is the same for everybody. */
export function Bar({ language, signedIn }: { language: Language; signedIn: boolean | null }) {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  return (
    <>
      <a class="skip screen" href="#content">
        {say('skip')}
      </a>
      <header class="bar screen">
        <div>
          <a class="brand" href="/">
            <Mark />
            Hovedbok
          </a>
          <nav aria-label={language === 'nb' ? 'Hovedmeny' : 'Main menu'}>
            {signedIn === true && <a href="/integrations">{say('integrations')}</a>}
            <a href="/docs">{say('docs')}</a>
            {signedIn === true && (
              <form method="post" action="/logout">
                <button class="plain" type="submit">
                  {say('signOut')}
                </button>
              </form>
            )}
            {signedIn === false && <a href="/login">{say('signIn')}</a>}
          </nav>
        </div>
      </header>
    </>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <rect width="16" height="16" rx="3" fill="#0c5c53" />
      <path d="M4 4h3v8H4zM9 7h3v5H9z" fill="#fff" />
    </svg>
  );
}
