import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientAccountOf } from '../kernel/ids.ts';
import { getEntry, getFiscalCalendar } from '../ledger/index.ts';
import { AppError, invalid, type Language } from '../platform/errors.ts';
import type { Authenticate } from '../platform/http/early-access.ts';
import { toAppError } from '../platform/http/error-body.ts';
import type { Call, Operation, Platform } from '../platform/operation.ts';
import {
  getAccountLines,
  getEntryTrail,
  getTrialBalance,
  listClientAccountOverview,
  NO_FILTER,
  readFilter,
  type TrialBalanceDetail,
  trialBalanceModel,
} from '../reports/index.ts';
import { listInvitationMails } from '../tenancy/index.ts';
import { accountLinesPage } from './account-lines-page.tsx';
import { registerAltinnPages } from './integrations/altinn-pages.ts';
import { registerBankPages } from './bank/bank-pages.ts';
import { registerPeppolPages } from './peppol-pages.ts';
import { entryPage } from './entry-page.tsx';
import { errorPage } from './error-page.tsx';
import { registerIntegrationPages } from './integrations/integration-pages.ts';
import { registerPaymentPages } from './payments/payments-pages.ts';
import { readRange } from './period.ts';
import { idOf } from './record-id.ts';
import { sendHtml } from './send-html.ts';
import { type DemoSignIn, startPage, welcomePage } from './start-page.tsx';
import { trialBalancePage } from './trial-balance-page.tsx';
import { registerWebhookPages } from './webhooks-pages.ts';
import { registerVatReturnPages } from './vat-return/vat-return-pages.ts';

export interface PagesOptions {
  platform: Platform;
  authenticate: Authenticate;
  /** Demo users that a visitor can sign in as, if the installation shows the demo books; otherwise empty. */
  demoSignIns: readonly DemoSignIn[];
  /** Mail is sent; otherwise the start page shows the outbox. */
  sendsMail: boolean;
}

const LINES_A_PAGE = 100;

/**
 * The pages for users: `/`, trial balance, lines of an account, journal entry, connections. They call the API's own
 * operations.
 */
export async function registerPages(server: FastifyInstance, options: PagesOptions): Promise<void> {
  const { platform, demoSignIns, sendsMail } = options;
  await server.register(async (pages) => {
    pages.addHook('preHandler', async (request) => {
      request.caller = await options.authenticate(request);
      if (request.caller?.language === 'en') request.language = 'en';
    });
    pages.setErrorHandler((error, request, reply) => sendFault(platform, error, request, reply));

    pages.get('/', async (request, reply) => {
      const { caller, language } = request;
      if (!caller) return sendHtml(reply, welcomePage(language, demoSignIns));
      const { q, page } = request.query as Record<string, unknown>;
      const search = typeof q === 'string' ? q.slice(0, 100) : '';
      const number = typeof page === 'string' && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1;
      const overview = await run(listClientAccountOverview, request, null, { search, page: number });
      const mails = sendsMail ? null : await run(listInvitationMails, request, null, undefined);
      return sendHtml(reply, startPage({ language, overview, search, mails }));
    });

    pages.get<{ Params: { id: string } }>('/client-accounts/:id/trial-balance', async (request, reply) => {
      const id = idOf(request.params.id);
      const { page, status } = await showTrialBalance(request, id);
      return sendHtml(reply, page, status);
    });

    pages.get<{ Params: { id: string; code: string } }>(
      '/client-accounts/:id/accounts/:code',
      async (request, reply) => {
        const id = idOf(request.params.id);
        const query = request.query as Record<string, string | string[] | undefined>;
        const calendar = await run(getFiscalCalendar, request, id, undefined);
        const { range, problems } = readRange(query, { from: 'from', to: 'to' }, calendar, platform.clock.now());
        const read = readFilter({ dimensions: query.dimensions });
        const faults = [...problems, ...read.problems];
        if (faults.length > 0) throw invalid(faults);
        const lines = await run(getAccountLines, request, id, {
          accountCode: request.params.code,
          range,
          dimensions: read.filter.dimensions,
          page: pageOf(query.page),
          size: LINES_A_PAGE,
        });
        return sendHtml(reply, accountLinesPage(lines, request.language));
      },
    );

    await registerVatReturnPages(pages, { platform, run, idOf });
    registerPaymentPages(pages, platform, run);

    pages.get<{ Params: { id: string } }>('/journal-entries/:id', async (request, reply) => {
      const id = idOf(request.params.id);
      const clientAccountId = clientAccountOf(id);
      const entry = await run(getEntry, request, clientAccountId, { id, language: request.language });
      const trail = await run(getEntryTrail, request, clientAccountId, { id });
      return sendHtml(reply, entryPage(entry, trail, request.language));
    });

    await registerAltinnPages(pages, { platform, run });
    await registerBankPages(pages, run);
    await registerPeppolPages(pages, run);
    await registerWebhookPages(pages, run);
    await pages.register((scope) => registerIntegrationPages(scope, platform, run));
  });

  async function run<I, O>(
    operation: Operation<I, O>,
    request: FastifyRequest,
    clientAccountId: number | null,
    input: I,
    more: Partial<Call> = {},
  ) {
    const ask = async () => {
      const call = { ...more, caller: request.caller, clientAccountId, requestId: request.id };
      return (await operation.call(platform, call, input)).value;
    };
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AppError) || error.spec.status !== 403) throw error;
      // The cache never causes a refusal.
      request.caller = await options.authenticate(request, { anew: true });
      return ask();
    }
  }

  async function showTrialBalance(request: FastifyRequest, clientAccountId: number) {
    const { language } = request;
    const query = request.query as Record<string, unknown>;
    const calendar = await run(getFiscalCalendar, request, clientAccountId, undefined);
    const names = { from: 'date_from', to: 'date_to' };
    const { range, problems } = readRange(query, names, calendar, platform.clock.now());
    const detail: TrialBalanceDetail =
      (['groups', 'relations'] as const).find((choice) => choice === query.detail) ?? 'accounts';
    const includeDrafts = query.include_drafts === '1' || query.include_drafts === 'true';
    const shown = { language, clientAccountId, range, calendar, detail, includeDrafts };
    try {
      const question = { range, filter: NO_FILTER, includeDrafts, asOf: null, withSubject: true };
      const report = await run(getTrialBalance, request, clientAccountId, question);
      const subject = report.subject!;
      const model = trialBalanceModel({ ...report, subject }, language, detail);
      return { page: trialBalancePage({ ...shown, model, problems }), status: problems.length > 0 ? 400 : 200 };
    } catch (error) {
      if (!(error instanceof AppError) || error.spec.status !== 422) throw error;
      const fault = { path: '', problem: { nb: error.sentence('nb'), en: error.sentence('en') } };
      return { page: trialBalancePage({ ...shown, model: null, problems: [...problems, fault] }), status: 422 };
    }
  }
}

/** Anything but a number means the first page. */
function pageOf(text: string | string[] | undefined): number | 'last' {
  if (text === 'last') return 'last';
  return typeof text === 'string' && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 1;
}

/** A user who is not signed in goes to the sign-in page and returns; every other refusal is a page with the reason. */
function sendFault(platform: Platform, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = toAppError(error, request.id);
  // Signing in does not send a form again; a page may be loaded again.
  const next = request.method === 'GET' ? request.url : '/';
  if (refusal.spec.status === 401) return reply.redirect(`/login?next=${encodeURIComponent(next)}`, 303);
  if (refusal.spec.status >= 500) {
    platform.log.error({ err: error, request_id: request.id, url: request.url.split('?')[0] }, 'request failed');
  }
  const language: Language = request.language;
  return sendHtml(reply, errorPage(refusal, language, request.caller !== null), refusal.spec.status);
}
