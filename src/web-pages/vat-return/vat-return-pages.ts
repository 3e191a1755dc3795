import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isLocalDate, type LocalDate, yearOf } from '../../kernel/local-date.ts';
import { AppError, invalid, problem } from '../../platform/errors.ts';
import { acceptForms } from '../../platform/http/request-body.ts';
import type { Operation, Platform } from '../../platform/operation.ts';
import { createSettlement, createSubmission, getVatYear } from '../../vat-return/index.ts';
import { sendHtml } from '../send-html.ts';
import { vatReturnPage } from './vat-return-page.tsx';

/** Runs an operation for the signed-in user. */
type Run = <I, O>(
  operation: Operation<I, O>,
  request: FastifyRequest,
  clientAccountId: number | null,
  input: I,
) => Promise<O>;

type Params = { Params: { id: string } };
const PATH = '/client-accounts/:id/vat-return';
/** Seconds until the page reloads while a submission is under way. */
const LOOK_AGAIN = 10;

/** The page of VAT returns: terms, settlement, submission, and Skatteetaten's response. */
export async function registerVatReturnPages(
  pages: FastifyInstance,
  { platform, run, idOf }: { platform: Platform; run: Run; idOf: (text: string) => number },
): Promise<void> {
  await pages.register(async (scope) => {
    acceptForms(scope);

    scope.get<Params>(PATH, async (request, reply) => {
      const { year } = request.query as Record<string, unknown>;
      const asked = typeof year === 'string' && /^(19|20|21)\d\d$/.test(year) ? Number(year) : null;
      return show(request, reply, asked ?? platform.clock.now().getUTCFullYear(), null);
    });

    scope.post<Params>(PATH, async (request, reply) => {
      const id = idOf(request.params.id);
      const form = (request.body ?? {}) as Record<string, unknown>;
      const term = termIn(form);
      const year = yearOf(term.from);
      try {
        if (form.do === 'settle') await run(createSettlement, request, id, { term, dryRun: false });
        else
          await run(createSubmission, request, id, {
            term,
            category: 'alminnelig',
            kid: null,
            language: request.language,
          });
      } catch (error) {
        if (!(error instanceof AppError) || error.spec.status === 401) throw error;
        return show(request, reply, year, error);
      }
      return reply.redirect(`/client-accounts/${id}/vat-return?year=${year}#term-${term.from}`, 303);
    });
  });

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    year: number,
    refusal: AppError | null,
  ): Promise<FastifyReply> {
    const { language } = request;
    const clientAccountId = idOf((request.params as { id: string }).id);
    const found = await run(getVatYear, request, clientAccountId, { year, language });
    const moves = found.terms.some(({ submissions: [latest] }) => latest?.next_attempt_at && !latest.waiting_for);
    if (moves && !refusal) reply.header('refresh', String(LOOK_AGAIN));
    return sendHtml(
      reply,
      vatReturnPage({ language, clientAccountId, year: found, refusal }),
      refusal?.spec.status ?? 200,
    );
  }
}

function termIn(form: Record<string, unknown>): { from: LocalDate; to: LocalDate } {
  const { from_date: from, to_date: to } = form;
  if (typeof from !== 'string' || !isLocalDate(from) || typeof to !== 'string' || !isLocalDate(to))
    throw invalid([problem('from_date, to_date', 'must be the days of a term', 'må være dagene i en termin')]);
  return { from, to };
}
