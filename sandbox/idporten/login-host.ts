import { createLocalJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import { escapeHtml, htmlPage } from '../html.ts';
import { PERSONS, personOf } from '../persons.ts';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { addresseeOf, type AuthorizationRequest, LEVELS, readAuthorization } from './authorization.ts';
import type { IdPortenEngine } from './engine.ts';
import type { LoginSession } from './sessions.ts';
import { OAuthRefused } from './refusal.ts';

const COOKIE = 'idporten_sandbox';

/** ID-porten's host for users: the login page, and the logout that notifies every client of the session. */
export async function idportenLogin(world: StandInWorld): Promise<StandIn> {
  const engine = (await world.act('idporten', 'engine', {})) as IdPortenEngine;
  return {
    async answer(request) {
      const form = request.method === 'POST' ? new URLSearchParams(request.body) : request.query;
      switch (request.path) {
        case '/authorize':
          return authorize(engine, request, form);
        case '/login':
          return request.method === 'POST' ? login(engine, form) : htmlPage('Siden finnes ikke', '', { status: 404 });
        case '/logout':
          return logout(engine, request, form);
        default:
          return htmlPage('Siden finnes ikke', '', { status: 404 });
      }
    },
    error: (status) => htmlPage(`Feil ${status}`, '<p>Noe gikk galt.</p>', { status }),
  };
}

function authorize(engine: IdPortenEngine, request: StandInRequest, query: URLSearchParams): StandInAnswer {
  const asked = requestOf(engine, query);
  if ('answer' in asked) return asked.answer;
  const { headers } = request;
  // A test logs in without a page, by header.
  const person = headers['x-sandbox-person'];
  if (person !== undefined)
    return login(
      engine,
      new URLSearchParams({
        id: engine.open(asked),
        person,
        level: headers['x-sandbox-level'] ?? asked.acr,
        action: headers['x-sandbox-action'] ?? 'login',
      }),
    );
  const session = engine.sessions.find(cookieOf(request), engine.now);
  const enough = session && LEVELS.indexOf(session.login.acr) >= LEVELS.indexOf(asked.acr);
  if (session && enough && asked.prompt !== 'login') return comeBack(engine, asked, session);
  if (asked.prompt === 'none') return refuse(engine, asked, 'login_required', 'no session');
  return loginPage(engine, asked);
}

/** The request, pushed or in the address; or the page that explains why there is no redirect. */
function requestOf(engine: IdPortenEngine, query: URLSearchParams): AuthorizationRequest | { answer: StandInAnswer } {
  const uri = query.get('request_uri');
  if (uri !== null) {
    const found = engine.takePushed(uri, query.get('client_id'));
    if (found && [...query.keys()].every((name) => ['client_id', 'request_uri'].includes(name))) return found;
    return {
      answer: htmlPage('Ugyldig forespørsel', '<p>request_uri er ukjent, brukt eller utløpt.</p>', { status: 400 }),
    };
  }
  const addressee = addresseeOf(query, engine.clients);
  if (!addressee)
    return { answer: htmlPage('Ugyldig forespørsel', '<p>Ukjent klient eller redirect_uri.</p>', { status: 400 }) };
  try {
    return readAuthorization(query, addressee);
  } catch (error) {
    if (!(error instanceof OAuthRefused)) throw error;
    const state = query.get('state') ?? '';
    return { answer: refuse(engine, { ...addressee, state }, error.error, error.message) };
  }
}

function loginPage(engine: IdPortenEngine, { client, acr, scopes, ...rest }: AuthorizationRequest): StandInAnswer {
  const id = engine.open({ client, acr, scopes, ...rest });
  const people = PERSONS.map(
    ({ pid, name, role }, i) =>
      `<p><label><input type="radio" name="person" value="${pid}"${i === 0 ? ' checked' : ''}> ${pid} ` +
      `${escapeHtml(name)} (${escapeHtml(role)})</label></p>`,
  ).join('');
  const levels = LEVELS.map(
    (level) => `<option value="${level}"${level === acr ? ' selected' : ''}>${level}</option>`,
  ).join('');
  const buttons = [
    ['login', 'Logg inn'],
    ['cancel', 'Avbryt'],
    ['refuse', 'Gi ikke samtykke'],
    ['foreign', 'Utenlandsk eID uten fødselsnummer'],
    ['error', 'Feil i ID-porten'],
  ]
    .map(([action, text]) => `<button name="action" value="${action}">${text}</button>`)
    .join(' ');
  return htmlPage(
    'Logg inn med TestID',
    `<p>Klienten ber om: ${escapeHtml(scopes.join(' '))}</p><form method="post" action="/login">
    <input type="hidden" name="id" value="${id}"><fieldset><legend>Syntetisk person</legend>${people}</fieldset>
    <p><label>Sikkerhetsnivå <select name="level">${levels}</select></label></p><p>${buttons}</p></form>`,
  );
}

function login(engine: IdPortenEngine, form: URLSearchParams): StandInAnswer {
  const asked = engine.takeOpen(form.get('id') ?? '');
  if (!asked) return htmlPage('Innloggingen er utløpt', '<p>Start på nytt hos tjenesten.</p>', { status: 400 });
  const action = form.get('action') ?? 'login';
  if (action === 'cancel') return refuse(engine, asked, 'access_denied', 'the user cancelled');
  if (action === 'error') return refuse(engine, asked, 'server_error', 'something went wrong');
  const level = form.get('level') ?? '';
  const person = action === 'foreign' ? null : (personOf(form.get('person') ?? '') ?? undefined);
  if (person === undefined || !LEVELS.includes(level)) return loginPage(engine, asked);
  const { cookie, session } = engine.sessions.begin(person?.pid ?? null, level, engine.now);
  // Without consent only the login itself is granted.
  const scopes = action === 'refuse' ? asked.scopes.filter((scope) => !scope.includes(':')) : asked.scopes;
  const answer = comeBack(engine, { ...asked, scopes }, session);
  return {
    ...answer,
    headers: { ...answer.headers, 'set-cookie': `${COOKIE}=${cookie}; HttpOnly; Path=/; SameSite=Lax` },
  };
}

function comeBack(engine: IdPortenEngine, asked: AuthorizationRequest, session: LoginSession): StandInAnswer {
  session.clients.add(asked.client.clientId);
  const code = engine.grants.issueCode(asked, session.login, asked.scopes, engine.now);
  const { iss = engine.issuer, state = asked.state, claims, signature } = engine.wrong ?? {};
  if (!claims && !signature) engine.wrong = null;
  return back(asked.redirectUri, { code, state, ...(iss === null ? {} : { iss }) });
}

function refuse(
  engine: IdPortenEngine,
  { redirectUri, state }: Pick<AuthorizationRequest, 'redirectUri' | 'state'>,
  error: string,
  description: string,
): StandInAnswer {
  return back(redirectUri, { error, error_description: description, state, iss: engine.issuer });
}

function back(uri: string, parameters: Record<string, string>): StandInAnswer {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { status: 303, headers: { location: url.href } };
}

/** OpenID Connect RP-Initiated Logout, and Front-Channel Logout for every client of the session. */
async function logout(engine: IdPortenEngine, request: StandInRequest, form: URLSearchParams): Promise<StandInAnswer> {
  const hint = await hintClaims(engine, form.get('id_token_hint') ?? '');
  const session = engine.sessions.find(cookieOf(request), engine.now) ?? engine.sessions.findBySid(hint?.sid);
  const client = engine.clients.get(String(hint?.aud ?? form.get('client_id') ?? ''));
  const frames = session ? endSession(engine, session) : [];
  const target = form.get('post_logout_redirect_uri') ?? '';
  const next = client?.postLogoutRedirectUris.includes(target) ? new URL(target) : null;
  if (next && form.has('state')) next.searchParams.set('state', form.get('state')!);
  const address = next ? escapeHtml(next.href) : '';
  return htmlPage(
    'Du er logget ut',
    frames.map((src) => `<iframe hidden src="${escapeHtml(src)}"></iframe>`).join('') +
      (next ? `<p><a href="${address}">Tilbake til tjenesten</a></p>` : '<p>Du kan lukke vinduet.</p>'),
    { head: next ? `<meta http-equiv="refresh" content="2;url=${address}">` : '' },
  );
}

/**
 * Ends the session and its grants that are only for the login; returns the addresses at which to notify its clients.
 */
function endSession(engine: IdPortenEngine, session: LoginSession): string[] {
  engine.sessions.end(session);
  for (const grant of engine.grants.all)
    if (grant.login.sid === session.login.sid && grant.scopes.every((scope) => !scope.includes(':')))
      grant.revoked = true;
  return [...session.clients].flatMap((clientId) => {
    const uri = engine.clients.get(clientId)?.frontchannelLogoutUri;
    if (!uri) return [];
    const url = new URL(uri);
    url.searchParams.set('iss', engine.issuer);
    url.searchParams.set('sid', session.login.sid);
    return [url.href];
  });
}

/** An expired hint is accepted too. */
async function hintClaims(engine: IdPortenEngine, hint: string): Promise<JWTPayload | null> {
  try {
    const issued = decodeJwt(hint).iat ?? 0;
    const options = { issuer: engine.issuer, currentDate: new Date(issued * 1000) };
    return (await jwtVerify(hint, createLocalJWKSet(engine.keys.jwks), options)).payload;
  } catch {
    return null;
  }
}

function cookieOf({ headers }: StandInRequest): string | undefined {
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(headers.cookie ?? '')?.[1];
}
