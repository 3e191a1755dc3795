import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type Language } from '../../platform/errors.ts';
import { acceptForms } from '../../platform/http/request-body.ts';
import type { Platform } from '../../platform/operation.ts';
import { acceptInvitation } from '../invitations/invitation-accept.ts';
import { getOpenInvitation } from '../invitations/invitation-open.ts';
import { localPath } from './local-path.ts';
import { Fault, sendPage } from './page.tsx';
import { requireSameSite, sessionCookie, sessionSecretOf } from './session.ts';
import { endSession } from './session-end.ts';
import { startSession } from './session-start.ts';

const WORDS = {
  nb: {
    signIn: 'Logg inn',
    email: 'E-post',
    password: 'Passord',
    newPassword: 'Velg et passord (minst 12 tegn)',
    firstName: 'Fornavn',
    lastName: 'Etternavn',
    invitation: 'Invitasjon',
    invitedTo: (account: string, email: string) => `Du (${email}) er invitert til regnskapet til ${account}.`,
    accept: 'Godta invitasjonen',
    notPossible: 'Det gikk ikke',
  },
  en: {
    signIn: 'Sign in',
    email: 'E-mail',
    password: 'Password',
    newPassword: 'Choose a password (at least 12 characters)',
    firstName: 'First name',
    lastName: 'Last name',
    invitation: 'Invitation',
    invitedTo: (account: string, email: string) => `You (${email}) are invited to the books of ${account}.`,
    accept: 'Accept the invitation',
    notPossible: 'That did not work',
  },
} as const;

interface SignInSettings {
  /** Target after signing in; `/` if not given. */
  home?: string;
}

/** The pages /login, /logout and the one behind an invitation's link. They work without scripts. */
export async function registerSignIn(
  server: FastifyInstance,
  platform: Platform,
  { home = '/' }: SignInSettings = {},
): Promise<void> {
  await server.register(async (pages) => {
    acceptForms(pages);
    // A refusal is a page here, not the API's JSON.
    pages.setErrorHandler((error, request, reply) => {
      if (!(error instanceof AppError)) throw error;
      return refusalPage(reply, request.language, error);
    });
    pages.get('/login', async (request, reply) => loginPage(reply, request, {}));
    pages.post('/login', async (request, reply) => {
      requireSameSite(request);
      const form = formOf(request);
      const email = form.email ?? '';
      try {
        const input = { email, password: form.password ?? '', address: request.ip };
        const { value } = await startSession.call(platform, callOf(request), input);
        reply.header('set-cookie', sessionCookie(request, value.secret));
        return reply.redirect(localPath(form.next) ?? home, 303);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return loginPage(reply, request, { email, error });
      }
    });
    pages.post('/logout', async (request, reply) => {
      requireSameSite(request);
      await endSession.call(platform, callOf(request), { secret: sessionSecretOf(request) });
      return reply.header('set-cookie', sessionCookie(request, null)).redirect('/login', 303);
    });
    pages.get<{ Params: { token: string } }>('/invitations/:token', async (request, reply) => {
      const { value } = await getOpenInvitation.call(platform, callOf(request), request.params);
      return invitationPage(reply, request.language, value, {});
    });
    pages.post<{ Params: { token: string } }>('/invitations/:token', async (request, reply) => {
      requireSameSite(request);
      const { token } = request.params;
      const { value } = await getOpenInvitation.call(platform, callOf(request), { token });
      const form = formOf(request);
      const { first_name, last_name, password } = form;
      try {
        const given = { token, first_name, last_name, password, language: request.language };
        await acceptInvitation.call(platform, callOf(request), given);
        return reply.redirect('/login', 303);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return invitationPage(reply, request.language, value, { form, error });
      }
    });
  });
}

function callOf(request: FastifyRequest) {
  return { caller: null, clientAccountId: null, requestId: request.id };
}

function formOf(request: FastifyRequest): Record<string, string | undefined> {
  const body = (request.body ?? {}) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => typeof value === 'string')) as Record<
    string,
    string
  >;
}

function loginPage(
  reply: FastifyReply,
  request: FastifyRequest,
  { email, error }: { email?: string; error?: AppError },
): Promise<FastifyReply> {
  const words = WORDS[request.language];
  const { next } = { ...(request.query as { next?: unknown }), ...formOf(request) };
  if (error?.spec.status === 429) reply.header('retry-after', Number(error.facts.retry_after));
  const path = localPath(next);
  return sendPage(reply, {
    language: request.language,
    title: words.signIn,
    status: error?.spec.status ?? 200,
    body: (
      <form method="post" action="/login">
        <Fault text={error?.sentence(request.language)} />
        {path ? <input type="hidden" name="next" value={path} /> : null}
        <label for="email">{words.email}</label>
        <input id="email" name="email" type="email" autocomplete="username" required value={email ?? ''} />
        <label for="password">{words.password}</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
        <button type="submit">{words.signIn}</button>
      </form>
    ),
  });
}

function invitationPage(
  reply: FastifyReply,
  language: Language,
  invitation: { email: string; client_account: { display_name: string }; user_exists: boolean },
  { form = {}, error }: { form?: Record<string, string | undefined>; error?: AppError },
): Promise<FastifyReply> {
  const words = WORDS[language];
  const faults = error?.fields.map(({ path, problem }) => `${path}: ${problem[language]}`).join('; ');
  return sendPage(reply, {
    language,
    title: words.invitation,
    status: error?.spec.status ?? 200,
    body: (
      <form method="post">
        <p>{words.invitedTo(invitation.client_account.display_name, invitation.email)}</p>
        <Fault text={faults || error?.sentence(language)} />
        {invitation.user_exists ? null : (
          <>
            <label for="first_name">{words.firstName}</label>
            <input id="first_name" name="first_name" autocomplete="given-name" required value={form.first_name ?? ''} />
            <label for="last_name">{words.lastName}</label>
            <input id="last_name" name="last_name" autocomplete="family-name" required value={form.last_name ?? ''} />
            <label for="password">{words.newPassword}</label>
            <input id="password" name="password" type="password" autocomplete="new-password" minlength={12} required />
          </>
        )}
        <button type="submit">{words.accept}</button>
      </form>
    ),
  });
}

function refusalPage(reply: FastifyReply, language: Language, error: AppError): Promise<FastifyReply> {
  return sendPage(reply, {
    language,
    title: WORDS[language].notPossible,
    status: error.spec.status,
    body: <p>{error.sentence(language)}</p>,
  });
}
