import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getDocument, listDocuments } from '../../banking/index.ts';
import { getClientOrganization } from '../../integrations/index.ts';
import {
  approveInvoice,
  getInTray,
  getReceivedInvoice,
  listDeliveries,
  listReceivedInvoices,
  type PrepareInput,
  prepareInvoice,
  type ReceivedInvoiceView,
  rejectInvoice,
  renewInTrayAddress,
  sendInvoice,
} from '../../invoices/index.ts';
import { clientAccountOf } from '../../kernel/ids.ts';
import { isLocalDate } from '../../kernel/local-date.ts';
import { formatAmount, parseAmount } from '../../kernel/money.ts';
import { listBusinessPartners } from '../../masters/index.ts';
import { AppError, type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { acceptForms } from '../../platform/http/request-body.ts';
import type { Run } from '../integrations/integration-pages.ts';
import { idOf } from '../record-id.ts';
import { sendHtml } from '../send-html.ts';
import { invoicePage } from './invoice-page.tsx';
import { invoicesPage, invoicesPath } from './invoices-page.tsx';
import { receivedInvoicePage } from './received-invoice-page.tsx';

const A_PAGE = 50;
const MOST_SUPPLIERS = 1_000;
const SALES = ['ARINV', 'ARCRN', 'ARCIN', 'ARDEB'];

interface WithId {
  Params: { id: string };
}
type Form = Record<string, string | undefined>;

/** The pages for invoices: the in-tray, a received invoice until it is posted, sales invoices and their deliveries. */
export async function registerInvoicePages(pages: FastifyInstance, run: Run): Promise<void> {
  await pages.register(async (own) => {
    acceptForms(own);

    own.get<WithId>('/client-accounts/:id/invoices', (request, reply) =>
      showInvoices(request, reply, idOf(request.params.id), null),
    );

    own.post<WithId>('/client-accounts/:id/invoices/address', (request, reply) => {
      const id = idOf(request.params.id);
      return change(
        reply,
        () => run(renewInTrayAddress, request, id, undefined),
        invoicesPath(id),
        (refusal) => showInvoices(request, reply, id, refusal),
      );
    });

    own.get<WithId>('/invoices/:id', (request, reply) => showInvoice(request, reply, idOf(request.params.id), null));

    own.post<WithId>('/invoices/:id/send', (request, reply) => {
      const id = idOf(request.params.id);
      const channel = formOf(request)['channel'] === 'EMAIL' ? ('EMAIL' as const) : null;
      return change(
        reply,
        () => run(sendInvoice, request, clientAccountOf(id), { id, channel, email: null }),
        `/invoices/${id}`,
        (refusal) => showInvoice(request, reply, id, refusal),
      );
    });

    own.get<WithId>('/received-invoices/:id', (request, reply) =>
      showReceived(request, reply, idOf(request.params.id), null),
    );

    const changeReceived = (
      action: string,
      work: (request: FastifyRequest<WithId>, id: number, clientAccountId: number) => Promise<unknown>,
    ) =>
      own.post<WithId>(`/received-invoices/:id/${action}`, (request, reply) => {
        const id = idOf(request.params.id);
        return change(
          reply,
          () => work(request, id, clientAccountOf(id)),
          `/received-invoices/${id}`,
          (refusal) => showReceived(request, reply, id, refusal),
        );
      });
    changeReceived('prepare', async (request, id, clientAccountId) => {
      const received = await run(getReceivedInvoice, request, clientAccountId, { id });
      const given = preparation(received, formOf(request));
      return run(prepareInvoice, request, clientAccountId, { id, given });
    });
    changeReceived('approve', (request, id, clientAccountId) => run(approveInvoice, request, clientAccountId, { id }));
    changeReceived('reject', (request, id, clientAccountId) => {
      const reason = formOf(request)['reason']?.trim().slice(0, 1000) ?? '';
      if (reason === '') throw invalid([problem('reason', 'is required', 'må oppgis')]);
      return run(rejectInvoice, request, clientAccountId, { id, reason });
    });
  });

  /** On success the browser is redirected; on a refusal the page shows the reason. */
  async function change(
    reply: FastifyReply,
    work: () => Promise<unknown>,
    then: string,
    refused: (refusal: AppError) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError) || [401, 404].includes(error.spec.status)) throw error;
      return refused(error);
    }
    return reply.redirect(then, 303);
  }

  async function showInvoices(request: FastifyRequest, reply: FastifyReply, id: number, refusal: AppError | null) {
    const { language } = request;
    const query = request.query as Record<string, unknown>;
    const account = await run(getClientOrganization, request, id, undefined);
    const inTray = await run(getInTray, request, id, undefined);
    const received = await run(listReceivedInvoices, request, id, {
      page: pageNumber(query['received']),
      perPage: A_PAGE,
      status: null,
    });
    const sent = await run(listDocuments, request, id, {
      ...EVERY_DOCUMENT,
      page: pageNumber(query['sent']),
      perPage: A_PAGE,
    });
    const partners = new Map((await partnersOf(request, id, {})).map((partner) => [partner.id, partner.name]));
    const parts = { language, account, inTray, received, sent, partners, refusal };
    return sendHtml(reply, invoicesPage(parts), refusal?.spec.status ?? 200);
  }

  async function showInvoice(request: FastifyRequest, reply: FastifyReply, id: number, refusal: AppError | null) {
    const clientAccountId = clientAccountOf(id);
    const account = await run(getClientOrganization, request, clientAccountId, undefined);
    const document = await run(getDocument, request, clientAccountId, { id });
    const { data: deliveries } = await run(listDeliveries, request, clientAccountId, { id });
    const partners = await partnersOf(request, clientAccountId, {});
    const customer = partners.find((partner) => partner.id === document.business_partner_id)?.name ?? '';
    const parts = { language: request.language, account, document, customer, deliveries, refusal };
    return sendHtml(reply, invoicePage(parts), refusal?.spec.status ?? 200);
  }

  async function showReceived(request: FastifyRequest, reply: FastifyReply, id: number, refusal: AppError | null) {
    const clientAccountId = clientAccountOf(id);
    const account = await run(getClientOrganization, request, clientAccountId, undefined);
    const received = await run(getReceivedInvoice, request, clientAccountId, { id });
    const suppliers = await partnersOf(request, clientAccountId, { isSupplier: true });
    const document =
      received.document_id === null
        ? null
        : await run(getDocument, request, clientAccountId, { id: received.document_id });
    const entryId = document?.journal_entry_id ?? null;
    const parts = { language: request.language, account, received, suppliers, entryId, refusal };
    return sendHtml(reply, receivedInvoicePage(parts), refusal?.spec.status ?? 200);
  }

  async function partnersOf(request: FastifyRequest, clientAccountId: number, which: { isSupplier?: boolean }) {
    const { data } = await run(listBusinessPartners, request, clientAccountId, {
      ...which,
      page: 1,
      perPage: MOST_SUPPLIERS,
      isActive: null,
      orderBy: 'name',
      with: new Set<string>(),
    });
    return data.map(({ id, name }) => ({ id, name }));
  }
}

const EVERY_DOCUMENT = {
  businessPartnerId: null,
  from: null,
  to: null,
  types: SALES,
  status: null,
  number: null,
  reference: null,
  gross: null,
  paymentStatus: null,
  isActive: true,
  orderBy: '-id',
};

function pageNumber(text: unknown): number {
  return typeof text === 'string' && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 1;
}

function formOf(request: FastifyRequest): Form {
  return (request.body ?? {}) as Form;
}

/** The decision in the form. */
function preparation({ suggestion }: ReceivedInvoiceView, form: Form): PrepareInput {
  const text = (name: string) => form[name]?.trim() ?? '';
  const partner = text('business_partner_id');
  if (partner === '') throw invalid([problem('business_partner_id', 'is required', 'må oppgis')]);
  const business_partner_id = idOf(partner);
  const account = (i: number) => text(`account_${i}`).slice(0, 20);
  if (suggestion) {
    const { lines, gross_amount } = suggestion;
    return {
      business_partner_id,
      gross_amount,
      lines: lines.map(({ description, amount, tax_code, dimensions, account_code }, i) => ({
        account_code: account(i) || (account_code ?? ''),
        description,
        amount,
        tax_code,
        dimensions,
      })),
    };
  }
  const problems: FieldProblem[] = [];
  const amount = parseAmount(
    text('amount')
      .replace(/[\s\u00a0]/g, '')
      .replace(',', '.'),
  );
  if (amount === null) problems.push(problem('amount', 'must be an amount', 'må være et beløp'));
  for (const name of ['document_date', 'due_date'] as const)
    if (!(name === 'due_date' && text(name) === '') && !isLocalDate(text(name)))
      problems.push(problem(name, 'must be an existing date', 'må være en dato som finnes'));
  if (text('document_number') === '') problems.push(problem('document_number', 'is required', 'må oppgis'));
  if (problems.length > 0) throw invalid(problems);
  return {
    business_partner_id,
    document_number: text('document_number').slice(0, 70),
    document_date: text('document_date'),
    due_date: text('due_date') || null,
    lines: [
      { account_code: account(0), amount: formatAmount(amount!), tax_code: text('tax_code').slice(0, 10) || null },
    ],
  };
}
