import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listBankTransactions } from '../../banking/index.ts';
import { changeBankStatus, getBankOverview, getClientOrganization } from '../../integrations/index.ts';
import { AppError } from '../../platform/errors.ts';
import { acceptForms } from '../../platform/http/request-body.ts';
import { bankPage, banksPath } from './bank-page.tsx';
import { bankTransactionsPage } from './bank-transactions-page.tsx';
import type { Run } from '../integrations/integration-pages.ts';
import { idOf } from '../record-id.ts';
import { sendHtml } from '../send-html.ts';

const LONGEST = 35;
const TRANSACTIONS_A_PAGE = 100;

interface BankPath {
  Params: { id: string; bic: string };
}

/** The banks of a client account: activation, open steps of each, and their messages. */
export async function registerBankPages(pages: FastifyInstance, run: Run): Promise<void> {
  await pages.register(async (own) => {
    acceptForms(own);

    own.get<{ Params: { id: string } }>('/client-accounts/:id/integrations/banks', (request, reply) =>
      showBanks(request, reply, idOf(request.params.id)),
    );

    own.get<{ Params: { id: string } }>('/client-accounts/:id/bank-transactions', async (request, reply) => {
      const id = idOf(request.params.id);
      const { page } = request.query as Record<string, unknown>;
      const account = await run(getClientOrganization, request, id, undefined);
      const transactions = await run(listBankTransactions, request, id, {
        bankAccountId: null,
        from: null,
        to: null,
        includeExternal: true,
        orderBy: 'booking_date desc, id desc',
        with: new Set(['reconciled_documents']),
        page: typeof page === 'string' && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
        perPage: TRANSACTIONS_A_PAGE,
      });
      return sendHtml(reply, bankTransactionsPage({ language: request.language, account, transactions }));
    });

    own.post<BankPath>('/client-accounts/:id/integrations/banks/:bic', async (request, reply) => {
      const id = idOf(request.params.id);
      const form = (request.body ?? {}) as Record<string, unknown>;
      const number = fieldOf(form.division_number);
      const name = fieldOf(form.division_name);
      try {
        await run(changeBankStatus, request, id, {
          bic: request.params.bic.slice(0, 11),
          isActive: form.is_active === '1',
          config:
            form.division_number === undefined
              ? undefined
              : { ...(number ? { division_number: number } : {}), ...(name ? { division_name: name } : {}) },
        });
      } catch (error) {
        // A caller without access gets a separate page; missing configuration is reported on the form itself.
        if (!(error instanceof AppError) || error.spec.status !== 400) throw error;
        return showBanks(request, reply, id, error);
      }
      return reply.redirect(banksPath(id), 303);
    });
  });

  async function showBanks(request: FastifyRequest, reply: FastifyReply, id: number, refusal?: AppError) {
    const { language } = request;
    const account = await run(getClientOrganization, request, id, undefined);
    const banks = await run(getBankOverview, request, id, { language });
    return sendHtml(reply, bankPage({ language, account, banks, refusal }), refusal?.spec.status ?? 200);
  }
}

function fieldOf(value: unknown): string {
  return typeof value === 'string' ? value.trim().slice(0, LONGEST) : '';
}
