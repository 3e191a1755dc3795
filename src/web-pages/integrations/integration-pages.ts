import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  beginAltinnLogin,
  beginIdPortenLogin,
  browserOriginsOf,
  cameFromLogout,
  disconnect,
  endSessionOf,
  finishLogin,
  getConnections,
  getIdPortenStatus,
  listParties,
  type Party,
} from '../../integrations/index.ts';
import { AppError, invalid, problem, requestErrors } from '../../platform/errors.ts';
import { acceptForms } from '../../platform/http/request-body.ts';
import type { Operation, Platform } from '../../platform/operation.ts';
import { integrationsPage, integrationsPath, loginFailedPage, withFormTargets } from './integrations-page.tsx';
import { sendHtml } from '../send-html.ts';

/** Runs an operation for the signed-in user. */
export type Run = <I, O>(
  operation: Operation<I, O>,
  request: FastifyRequest,
  clientAccountId: number | null,
  input: I,
) => Promise<O>;

type Fields = Record<string, unknown>;

/** The page of connections, and the return address from ID-porten. */
export async function registerIntegrationPages(pages: FastifyInstance, platform: Platform, run: Run): Promise<void> {
  acceptForms(pages);

  pages.get('/integrations', async (request, reply) => {
    const query = request.query as Fields;
    const clientAccountId = clientAccountIn(query);
    const connections = await run(getConnections, request, null, { clientAccountId });
    const parties = connections.altinn ? await partiesOf(request) : null;
    const news = (['came', 'left', 'noConsent'] as const).find((one) => one === query.news) ?? null;
    const document = integrationsPage({ language: request.language, connections, parties, news });
    return sendHtml(reply, withFormTargets(document, await browserOriginsOf(platform)));
  });

  pages.post('/integrations/connect', async (request, reply) => {
    const form = (request.body ?? {}) as Fields;
    const begin = form.purpose === 'altinn' ? beginAltinnLogin : beginIdPortenLogin;
    const question = {
      clientAccountId: clientAccountIn(form),
      anotherPerson: form.another_person === '1',
      language: request.language,
    };
    const { authorization_url: url } = await run(begin, request, null, question);
    return reply.redirect(url, 303);
  });

  pages.post('/integrations/disconnect', async (request, reply) => {
    const clientAccountId = clientAccountIn((request.body ?? {}) as Fields);
    const { end_session_url: url } = await run(getIdPortenStatus, request, null, undefined);
    await run(disconnect, request, null, undefined);
    if (url === null) return reply.redirect(integrationsPath(clientAccountId, { news: 'left' }), 303);
    const away = new URL(url);
    // The client account is passed along, and returns with the user.
    if (clientAccountId !== null)
      away.searchParams.set('state', `${away.searchParams.get('state')}.${clientAccountId}`);
    return reply.redirect(away.href, 303);
  });

  pages.get('/integrations/id-porten/callback', async (request, reply) => {
    const { caller, language } = request;
    // The return leads through the sign-in page and then here again.
    if (!caller) throw requestErrors.unauthenticated();
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    const call = { caller, clientAccountId: null, requestId: request.id };
    const { clientAccountId, purpose, refusal, scopes } = await finishLogin(platform, call, query);
    if (refusal) {
      const document = loginFailedPage({ language, refusal, clientAccountId, purpose });
      return sendHtml(reply, withFormTargets(document, await browserOriginsOf(platform)), refusal.spec.status);
    }
    const consented = purpose !== 'altinn' || scopes.some((scope) => scope.startsWith('altinn:'));
    return reply.redirect(integrationsPath(clientAccountId, { news: consented ? 'came' : 'noConsent' }), 303);
  });

  pages.get('/integrations/id-porten/logged-out', async (request, reply) => {
    const { caller } = request;
    const text = (request.query as Fields).state;
    const [state = '', id] = typeof text === 'string' ? text.split('.') : [];
    // Without the state of the user's own session the link belongs to another user.
    if (caller && (await cameFromLogout(platform, caller.userId, state)))
      await run(disconnect, request, null, undefined);
    const clientAccountId = id !== undefined && /^[1-9]\d{0,14}$/.test(id) ? Number(id) : null;
    return reply.redirect(integrationsPath(clientAccountId, { news: 'left' }), 303);
  });

  pages.get('/integrations/id-porten/front-channel-logout', async (request, reply) => {
    const { iss, sid } = request.query as Fields;
    if (typeof iss === 'string' && typeof sid === 'string' && sid.length <= 500)
      await endSessionOf(platform, { iss, sid });
    return sendFrame(reply, await browserOriginsOf(platform));
  });

  async function partiesOf(request: FastifyRequest): Promise<Party[] | AppError> {
    try {
      return await run(listParties, request, null, undefined);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }
}

/** An empty page that only ID-porten's logout page may frame. */
function sendFrame(reply: FastifyReply, origins: readonly string[]): FastifyReply {
  const ancestors = origins.length > 0 ? origins.join(' ') : "'none'";
  return reply
    .headers({
      'content-security-policy': `default-src 'none'; frame-ancestors ${ancestors}`,
      'cache-control': 'no-cache, no-store',
      'x-content-type-options': 'nosniff',
    })
    .type('text/html; charset=utf-8')
    .send('<!doctype html><title>Hovedbok</title>');
}

function clientAccountIn({ client_account_id: text }: Fields): number | null {
  if (text === undefined || text === '') return null;
  const id = typeof text === 'string' && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0;
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw invalid([problem('client_account_id', 'must be a whole number from 1', 'må være et heltall fra 1')]);
}
