import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Child } from 'hono/jsx';
import { AppError, type Language } from '../../platform/errors.ts';
import { acceptForms } from '../../platform/http/request-body.ts';
import type { Platform } from '../../platform/operation.ts';
import { countAttempt, placeOf, requireSameSite, sendPage } from '../../tenancy/index.ts';
import { answerIssuerLink, openIssuerLink } from './issuer-answer.ts';

const WORDS = {
  nb: {
    title: 'Avtale om eFaktura',
    intro: (company: string, number: string | null) =>
      `${company}${number ? ` (organisasjonsnummer ${number})` : ''} vil sende eFaktura til forbrukere i Norge.`,
    what: [
      'Firmaet blir utsteder av eFaktura hos operatøren Mastercard Payment Services.',
      'Fakturaer til forbrukere som tar imot eFaktura, sendes til nettbanken deres; andre får dem på annen måte.',
      'Avtalen gjelder til firmaet avslutter den.',
    ],
    signedBy: (name: string, email: string) =>
      `Du godtar som ${name} (${email}) og bekrefter at du kan forplikte firmaet.`,
    until: (date: string) => `Lenken gjelder til ${date} og kan brukes én gang.`,
    accept: 'Godta avtalen',
    decline: 'Avslå',
    accepted: 'Takk! Avtalen er godtatt',
    acceptedText: 'Operatøren bekrefter den, vanligvis innen en time. Du kan lukke siden.',
    declined: 'Avtalen er avslått',
    declinedText: 'Firmaet ser at du har avslått. Du kan lukke siden.',
    failed: 'Det gikk ikke',
  },
  en: {
    title: 'Agreement on eFaktura',
    intro: (company: string, number: string | null) =>
      `${company}${number ? ` (organisation number ${number})` : ''} wants to send eFaktura to consumers in Norway.`,
    what: [
      'The company becomes an issuer of eFaktura at the operator, Mastercard Payment Services.',
      'Invoices to consumers who take eFaktura go to their net bank; others get them another way.',
      'The agreement holds until the company ends it.',
    ],
    signedBy: (name: string, email: string) =>
      `You accept as ${name} (${email}) and confirm that you can bind the company.`,
    until: (date: string) => `The link is valid until ${date} and can be used once.`,
    accept: 'Accept the agreement',
    decline: 'Decline',
    accepted: 'Thank you! The agreement is accepted',
    acceptedText: 'The operator confirms it, usually within an hour. You can close this page.',
    declined: 'The agreement is declined',
    declinedText: 'The company sees that you have declined. You can close this page.',
    failed: 'That did not work',
  },
} as const;

/** The page of the link in the mail. It works without signing in, without scripts and on a phone. */
export async function registerIssuerPages(server: FastifyInstance, platform: Platform): Promise<void> {
  await server.register(async (pages) => {
    acceptForms(pages);
    pages.setErrorHandler((error, request, reply) => {
      if (!(error instanceof AppError)) throw error;
      return page(
        reply,
        request,
        WORDS[request.language].failed,
        <p>{error.sentence(request.language)}</p>,
        error.spec.status,
      );
    });
    const path = '/consumer-invoicing/agreement/:token';
    pages.get<{ Params: { token: string } }>(path, async (request, reply) => {
      await countTry(platform, request);
      const { value } = await openIssuerLink.call(platform, callOf(request), request.params);
      const words = WORDS[request.language];
      return page(
        reply,
        request,
        words.title,
        <form method="post">
          <p>{words.intro(value.company, value.organization_number)}</p>
          <ul>
            {words.what.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
          <p>{words.signedBy(value.signer_name, value.signer_email)}</p>
          <p>{words.until(shownDate(value.expires_at, request.language))}</p>
          <button type="submit" name="decision" value="accept">
            {words.accept}
          </button>
          <button type="submit" name="decision" value="decline" class="quiet">
            {words.decline}
          </button>
        </form>,
      );
    });
    pages.post<{ Params: { token: string } }>(path, async (request, reply) => {
      requireSameSite(request);
      await countTry(platform, request);
      const { decision } = (request.body ?? {}) as { decision?: unknown };
      const input = { token: request.params.token, accepted: decision === 'accept' };
      const { value } = await answerIssuerLink.call(platform, callOf(request), input);
      const words = WORDS[request.language];
      return value.accepted
        ? page(reply, request, words.accepted, <p>{words.acceptedText}</p>)
        : page(reply, request, words.declined, <p>{words.declinedText}</p>);
    });
  });
}

function page(reply: FastifyReply, { language }: FastifyRequest, title: string, body: Child, status = 200) {
  return sendPage(reply, { language, title, status, body });
}

/** From one address: the secrets cannot be guessed, and no signer needs more attempts. */
function countTry(platform: Platform, request: FastifyRequest): Promise<void> {
  return countAttempt(platform, [{ key: `issuer links ${placeOf(request.ip)}`, most: 60, seconds: 600 }]);
}

function callOf(request: FastifyRequest) {
  return { caller: null, clientAccountId: null, requestId: request.id };
}

function shownDate(time: Date, language: Language): string {
  return new Intl.DateTimeFormat(language === 'nb' ? 'nb-NO' : 'en-GB', {
    dateStyle: 'long',
    timeZone: 'Europe/Oslo',
  }).format(time);
}
