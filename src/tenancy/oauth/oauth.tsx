import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Provider } from 'oidc-provider';
import sql from 'sql-template-tag';
import type { Caller, Scope } from '../../platform/caller.ts';
import { SCOPES } from '../../platform/caller.ts';
import { AppError, invalid, type Language } from '../../platform/errors.ts';
import { checker } from '../../platform/http/checks/check.ts';
import { acceptForms } from '../../platform/http/request-body.ts';
import type { Platform } from '../../platform/operation.ts';
import { authenticate } from '../access/authenticate.ts';
import { type OAuthClientRequest, OAuthClientInput } from './oauth-client.ts';
import { registerOAuthClient } from './oauth-client-register.ts';
import { authorizationServerMetadata, protectedResourceMetadata } from './oauth-discovery.ts';
import { OAUTH_PATHS, oauthProvider, type OAuthSettings } from './oauth-provider.ts';
import { sendPage } from '../sign-in/page.tsx';
import { requireSameSite } from '../sign-in/session.ts';

const SCOPE_WORDS: Record<Scope, Record<Language, string>> = {
  'read:profile': { nb: 'se navnet, e-postadressen og språket ditt', en: 'see your name, e-mail address and language' },
  'write:profile': { nb: 'endre navnet og språket ditt', en: 'change your name and language' },
  'read:accounting': { nb: 'lese regnskapene du har tilgang til', en: 'read the books that you have access to' },
  'write:accounting': {
    nb: 'bokføre og endre i regnskapene du har tilgang til',
    en: 'post and change in the books that you have access to',
  },
};

const WORDS = {
  nb: {
    title: 'Gi tilgang?',
    intro: (client: string) => `Programmet «${client}» ber om å få:`,
    as: (name: string) => `Du er logget inn som ${name}.`,
    goesTo: (host: string) => `Etterpå sendes du til ${host}.`,
    allow: 'Gi tilgang',
    deny: 'Avslå',
    failed: 'Tilgangen kunne ikke gis',
    expired: 'Forespørselen er utløpt eller ble startet i en annen nettleser. Start på nytt fra programmet.',
  },
  en: {
    title: 'Grant access?',
    intro: (client: string) => `The program “${client}” asks to:`,
    as: (name: string) => `You are signed in as ${name}.`,
    goesTo: (host: string) => `You are sent to ${host} afterwards.`,
    allow: 'Grant access',
    deny: 'Refuse',
    failed: 'Access could not be granted',
    expired: 'The request has expired or was begun in another browser. Start again from the program.',
  },
} as const;

/** The OAuth 2.1 server: protocol endpoints, discovery, dynamic registration, and the page where a person consents. */
export async function registerOAuth(
  server: FastifyInstance,
  platform: Platform,
  settings: OAuthSettings,
): Promise<void> {
  const provider = await oauthProvider(platform, settings, (ctx, out) => {
    // The engine's own sentences are for developers: they name the parameter that was wrong, never a secret.
    ctx.type = 'json';
    ctx.body = out;
  });
  await server.register(async (protocol) => {
    // The engine reads the request itself.
    protocol.removeAllContentTypeParsers();
    protocol.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const engine = provider.callback();
    const handle = (request: FastifyRequest, reply: FastifyReply) => {
      reply.hijack();
      void engine(request.raw, reply.raw);
    };
    protocol.get(OAUTH_PATHS.authorization, handle);
    protocol.get(`${OAUTH_PATHS.authorization}/:uid`, handle);
    protocol.post(OAUTH_PATHS.token, handle);
    protocol.post(OAUTH_PATHS.revocation, handle);
  });
  registerDiscovery(server, settings.publicUrl);
  registerRegistration(server, platform);
  await registerConsent(server, platform, provider);
}

function registerDiscovery(server: FastifyInstance, publicUrl: string): void {
  const published = (path: string, metadata: object) =>
    server.get(path, (_request, reply) =>
      reply.headers({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=3600' }).send(metadata),
    );
  published('/.well-known/oauth-authorization-server', authorizationServerMetadata(publicUrl));
  published('/.well-known/oauth-protected-resource', protectedResourceMetadata(publicUrl));
}

/** RFC 7591 section 3: an unknown field is ignored, a fault is named in `error` and `error_description`. */
function registerRegistration(server: FastifyInstance, platform: Platform): void {
  const check = checker(OAuthClientInput, 'body');
  const known = Object.keys(OAuthClientInput.properties);
  const register = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('cache-control', 'no-store');
    try {
      const body = (request.body ?? {}) as Record<string, unknown>;
      const given =
        typeof body === 'object'
          ? Object.fromEntries(Object.entries(body).filter(([name]) => known.includes(name)))
          : {};
      const { value, problems } = check(given);
      if (problems.length > 0) throw invalid(problems);
      const client = value as OAuthClientRequest;
      const input = { client, address: request.ip };
      const made = await registerOAuthClient.call(
        platform,
        { caller: null, clientAccountId: null, requestId: request.id },
        input,
      );
      const { created_at: created, ...answer } = made.value;
      return reply.status(201).send({
        ...answer,
        client_id_issued_at: Math.floor(Date.parse(created) / 1000),
        client_secret_expires_at: 0,
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.spec.status !== 400) throw error;
      const redirect = error.fields.some(({ path }) => path.startsWith('redirect_uris'));
      return reply.status(400).send({
        error: redirect ? 'invalid_redirect_uri' : 'invalid_client_metadata',
        error_description: error.fields.map(({ path, problem: text }) => `${path} ${text.en}`).join('; '),
      });
    }
  };
  server.post(OAUTH_PATHS.registration, register);
  server.post('/public/v2/oauth/register', register);
}

async function registerConsent(server: FastifyInstance, platform: Platform, provider: Provider): Promise<void> {
  const callerOf = authenticate(platform);
  const path = `${OAUTH_PATHS.interaction}/:uid`;
  await server.register(async (pages) => {
    acceptForms(pages);
    pages.get<{ Params: { uid: string } }>(path, async (request, reply) => {
      const asked = await askedFor(provider, request, reply);
      if (!asked) return expiredPage(reply, request.language);
      const caller = await callerOf(request);
      if (caller?.via !== 'session') return reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 303);
      return consentPage(reply, request.language, asked, await nameOf(platform, caller));
    });
    pages.post<{ Params: { uid: string } }>(path, async (request, reply) => {
      requireSameSite(request);
      const asked = await askedFor(provider, request, reply);
      if (!asked) return expiredPage(reply, request.language);
      const caller = await callerOf(request);
      if (caller?.via !== 'session') return reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 303);
      const allowed = (request.body as { decision?: unknown } | undefined)?.decision === 'allow';
      const result = allowed
        ? { login: { accountId: String(caller.userId) }, consent: { grantId: await grant(provider, caller, asked) } }
        : { error: 'access_denied', error_description: 'the person refused' };
      const next = await provider.interactionResult(request.raw, reply.raw, result, { mergeWithLastSubmission: false });
      return reply.redirect(next, 303);
    });
  });
}

interface Asked {
  clientId: string;
  clientName: string;
  redirectUri: string;
  scopes: Scope[];
  resources: string[];
}

/** What the request under way asks for; undefined where there is none for this browser. */
async function askedFor(provider: Provider, request: FastifyRequest, reply: FastifyReply): Promise<Asked | undefined> {
  try {
    const { params, uid } = await provider.interactionDetails(request.raw, reply.raw);
    if (uid !== (request.params as { uid: string }).uid) return undefined;
    const client = await provider.Client.find(String(params.client_id));
    if (!client) return undefined;
    const resource = params.resource ?? [];
    return {
      clientId: client.clientId,
      clientName: client.clientName ?? client.clientId,
      redirectUri: String(params.redirect_uri),
      scopes: SCOPES.filter((scope) =>
        (typeof params.scope === 'string' ? params.scope : '').split(' ').includes(scope),
      ),
      resources: (Array.isArray(resource) ? resource : [resource]).map(String),
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined;
    throw error;
  }
}

async function grant(provider: Provider, caller: Caller, asked: Asked): Promise<string> {
  const made = new provider.Grant({ accountId: String(caller.userId), clientId: asked.clientId });
  made.addOIDCScope(asked.scopes.join(' '));
  for (const resource of asked.resources) made.addResourceScope(resource, asked.scopes.join(' '));
  return made.save();
}

async function nameOf(platform: Platform, caller: Caller): Promise<string> {
  return platform.database.transaction({ clientAccounts: [], mode: 'read' }, async (tx) => {
    const row = await tx.one<{ name: string }>(sql`
      select trim(first_name || ' ' || last_name || ' (' || email || ')') as name from users where id = ${caller.userId}`);
    return row.name;
  });
}

function consentPage(reply: FastifyReply, language: Language, asked: Asked, name: string): Promise<FastifyReply> {
  const words = WORDS[language];
  const target = new URL(asked.redirectUri);
  return sendPage(reply, {
    language,
    title: words.title,
    formTargets: [target.origin],
    body: (
      <form method="post">
        <p>{words.intro(asked.clientName)}</p>
        <ul>
          {asked.scopes.map((scope) => (
            <li>{SCOPE_WORDS[scope][language]}</li>
          ))}
        </ul>
        <p>{words.as(name)}</p>
        <p>{words.goesTo(target.host)}</p>
        <button type="submit" name="decision" value="allow">
          {words.allow}
        </button>
        <button type="submit" name="decision" value="deny" class="quiet">
          {words.deny}
        </button>
      </form>
    ),
  });
}

function expiredPage(reply: FastifyReply, language: Language): Promise<FastifyReply> {
  return sendPage(reply, {
    language,
    title: WORDS[language].failed,
    status: 400,
    body: <p>{WORDS[language].expired}</p>,
  });
}
