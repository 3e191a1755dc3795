import { isDeepStrictEqual } from 'node:util';
import sql from 'sql-template-tag';
import {
  type Invoice,
  RESPONSE_CUSTOMIZATION,
  RESPONSE_PROFILE,
  type ResponseStatus,
  STATUS_TEXTS,
  writeResponse,
} from '../../ehf/index.ts';
import { dateInNorway } from '../../kernel/local-date.ts';
import { lockBooks, takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { type Context, decideAccess, type Operation, type Platform, writeOperation } from '../../platform/operation.ts';
import { readReceivedWhereItBelongs } from '../ehf-work/ehf-work.ts';
import { contentOfFile } from '../inbox/keep-file.ts';
import { findReceived, type ReceivedInvoiceView } from '../inbox/received-invoice.ts';
import { responseErrors } from './errors.ts';
import { handOver } from './hand-over.ts';
import {
  type InvoiceResponseRow,
  invoiceResponses,
  type InvoiceResponseView,
  MOST_RESPONSES,
  responseView,
} from './invoice-response.ts';
import { contentOf, type RespondInput } from './respond-input.ts';
import type { ResponseContent } from './response-content.ts';
import { mayFollow } from './response-order.ts';

const name = 'received-invoice.respond';
const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

interface Answer {
  id: number;
  status_code: ResponseStatus;
  content: ResponseContent;
}

/**
 * Answers a received invoice over the network that it came by. An identical answer returns the existing one; an undelivered
 * one is given anew. Answers are never given automatically. Errors: invoice_responses.not_by_peppol, supplier_unknown,
 * sender_inactive, not_registered, cannot_take, cannot_tell, out_of_order, too_many; request.invalid.
 */
export const respondToInvoice: Operation<RespondInput & { id: number }, InvoiceResponseView> = {
  name,
  access,
  writes: true,
  async call(platform, call, input) {
    const [clientAccountId] = decideAccess(access, call) as [number];
    const answer: Answer = { id: input.id, status_code: input.status_code, content: contentOf(input) };
    const before = await platform.database.transaction(
      { clientAccounts: [clientAccountId], mode: 'read' },
      async (tx) => {
        const received = await findReceived(tx, clientAccountId, input.id);
        return { received, known: await allowed(tx, clientAccountId, received, answer) };
      },
    );
    const parties = before.known ? null : await partiesOf(platform, clientAccountId, before.received);
    const begin = writeOperation({
      name,
      access,
      run: (context, _: RespondInput & { id: number }) => begun(context, answer, parties),
    });
    const outcome = await begin.call(platform, call, input);
    return { ...outcome, value: await handOver(platform, clientAccountId, outcome.value) };
  },
};

/** The existing identical answer; undefined if a new one may be given. */
async function allowed(
  tx: Transaction,
  clientAccountId: number,
  { id, channel }: ReceivedInvoiceView,
  { status_code, content }: Answer,
): Promise<InvoiceResponseRow | undefined> {
  if (channel !== 'PEPPOL') throw responseErrors.not_by_peppol({ channel });
  const given = await invoiceResponses(tx, clientAccountId, sql`and received_invoice_id = ${id} order by id desc`);
  const standing = given.filter(({ status }) => status !== 'FAILED');
  const known = standing.find((one) => one.status_code === status_code && isDeepStrictEqual(one.content, content));
  if (known) return known;
  const [last] = standing;
  if (last && !mayFollow(last, { status_code }))
    throw responseErrors.out_of_order({
      status_code,
      standing: last.status_code,
      standing_nb: STATUS_TEXTS[last.status_code].nb,
      standing_en: STATUS_TEXTS[last.status_code].en,
    });
  if (given.length >= MOST_RESPONSES) throw responseErrors.too_many({ limit: MOST_RESPONSES });
  return undefined;
}

interface Parties {
  /** The answering client account as a participant. */
  sender: string;
  /** The supplier's address in the network. */
  recipient: string;
  invoice: Pick<Invoice, 'seller' | 'number' | 'issueDate' | 'typeCode' | 'kind'>;
}

/**
 * Determines both participants from the received invoice; asks the network whether the supplier accepts answers, with no
 * transaction open.
 */
async function partiesOf(platform: Platform, clientAccountId: number, received: ReceivedInvoiceView): Promise<Parties> {
  const carrier = platform.outside?.invoiceCarrier;
  const sender = (await carrier?.senderOf(clientAccountId)) ?? null;
  if (!carrier || sender === null) throw responseErrors.sender_inactive();
  const file = await fileOf(platform, clientAccountId, received);
  const { invoice } = await readReceivedWhereItBelongs(platform, clientAccountId, file);
  const endpoint = invoice?.seller.endpoint;
  if (!invoice || invoice.number === null) throw responseErrors.supplier_unknown({ missing: 'cbc:ID' });
  if (!endpoint?.scheme) throw responseErrors.supplier_unknown({ missing: 'cbc:EndpointID' });
  const recipient = `${endpoint.scheme}:${endpoint.value}`;
  const can = await carrier.canReceive({ clientAccountId, participant: recipient }, 'InvoiceResponse');
  if (can !== 'yes') throw REFUSALS[can]({ participant: recipient });
  return { sender, recipient, invoice };
}

const REFUSALS = {
  'sender-inactive': responseErrors.sender_inactive,
  'not-registered': responseErrors.not_registered,
  'cannot-take': responseErrors.cannot_take,
  unknown: responseErrors.cannot_tell,
} as const;

async function fileOf(platform: Platform, clientAccountId: number, { file_id }: ReceivedInvoiceView): Promise<Buffer> {
  const { sha256 } = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    tx.one<{ sha256: string }>(
      sql`select encode(sha256, 'hex') as sha256 from files where client_account_id = ${clientAccountId} and id = ${file_id}`,
    ),
  );
  return contentOfFile(platform, clientAccountId, sha256);
}

/** Stores the answer for hand-over; checks again whether it may be given. */
async function begun(
  { tx, clientAccountId, caller, now, audit }: Context,
  answer: Answer,
  parties: Parties | null,
): Promise<InvoiceResponseView> {
  await lockBooks(tx, clientAccountId);
  const received = await findReceived(tx, clientAccountId, answer.id);
  const known = await allowed(tx, clientAccountId, received, answer);
  if (known) {
    audit({ recordType: 'invoice_response', recordId: known.id, after: { asked_again: true } });
    return responseView(known);
  }
  // The earlier answer has failed since: its receiver has not been looked up.
  if (!parties) throw requestErrors.concurrent_change();
  const id = await takeIds(tx, clientAccountId);
  const { display_name } = await tx.one<{ display_name: string }>(
    sql`select display_name from client_accounts where id = ${clientAccountId}`,
  );
  await tx.execute(sql`
    insert into invoice_responses ${insertion({
      client_account_id: clientAccountId,
      id,
      received_invoice_id: received.id,
      status_code: answer.status_code,
      content: JSON.stringify(answer.content),
      recipient: parties.recipient,
      document: documentOf(answer, parties, { id: `${clientAccountId}-${id}`, name: display_name, now }),
      status: 'QUEUED',
      created_at: now,
      created_by_id: caller.userId,
    })}`);
  const [made] = await invoiceResponses(tx, clientAccountId, sql`and id = ${id}`);
  const after = responseView(made!);
  audit({ recordType: 'invoice_response', recordId: id, after });
  return after;
}

function documentOf(
  { status_code, content }: Answer,
  { sender, invoice: { seller, number, issueDate, typeCode, kind } }: Parties,
  made: { id: string; name: string; now: Date },
): string {
  const [scheme, ...value] = sender.split(':');
  return writeResponse({
    customizationId: RESPONSE_CUSTOMIZATION,
    profileId: RESPONSE_PROFILE,
    id: made.id,
    issueDate: dateInNorway(made.now),
    issueTime: null,
    note: content.note,
    sender: { endpoint: { scheme: scheme!, value: value.join(':') }, name: made.name },
    receiver: { endpoint: seller.endpoint, name: seller.legalName ?? seller.name },
    status: status_code,
    effectiveDate: content.effective_date,
    reasons: content.reasons,
    actions: content.actions,
    document: { number, issueDate, typeCode: typeCode ?? (kind === 'Invoice' ? '380' : '381') },
  });
}
