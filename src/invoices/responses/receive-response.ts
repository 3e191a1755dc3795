import { isDeepStrictEqual } from 'node:util';
import sql from 'sql-template-tag';
import { type Clarification, type Finding, type InvoiceResponse, readResponse } from '../../ehf/index.ts';
import { takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { StagedFile } from '../../platform/files/staged-file.ts';
import { decideAccess, type Operation, writeOperation } from '../../platform/operation.ts';
import { contentOfFile, keepFile } from '../inbox/keep-file.ts';
import { unread } from '../inbox/read-received.ts';
import { documentResponses, type DocumentResponseView, findDocumentResponse } from './document-response.ts';
import { responseErrors } from './errors.ts';
import type { ResponseContent } from './response-content.ts';
import { mayFollow, type GivenStatus } from './response-order.ts';

const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

/** From the envelope: the sender, if stated, and the receiver. */
interface Envelope {
  instanceId: string | null;
  sender: string | null;
  receiver: string;
}

interface Arrived extends Envelope {
  fileId: number;
  response: InvoiceResponse | null;
  findings: Finding[];
}

const record = writeOperation({
  name: 'document-response.receive',
  access,
  async run({ tx, clientAccountId, caller, now, audit }, arrived: Arrived): Promise<DocumentResponseView> {
    // Takes the lock of the books: concurrent requests with the same delivery are serialised here.
    const id = await takeIds(tx, clientAccountId);
    const known = await knownDelivery(tx, clientAccountId, arrived);
    if (known) {
      audit({ recordType: 'document_response', recordId: known.id, after: { delivered_again: arrived.instanceId } });
      return known;
    }
    const { response } = arrived;
    const sender = response && participantIn(response.sender);
    const content = response && contentOf(response);
    const answered = response && sender ? await answeredDelivery(tx, clientAccountId, response, sender) : undefined;
    const findings = [...arrived.findings, ...envelopeFindings(arrived)];
    if (response && sender && !answered) findings.push(unknownDocument(response, sender));
    const status = response?.status ?? null;
    const isClear = answered && content && status && findings.every(({ severity }) => severity !== 'fatal');
    const isInOrder =
      isClear && (await follows(tx, clientAccountId, answered.delivery_id, { status_code: status, content }));
    if (isClear && !isInOrder) findings.push(outOfOrder(status));
    await tx.execute(sql`
      insert into document_responses ${insertion({
        client_account_id: clientAccountId,
        id,
        file_id: arrived.fileId,
        instance_id: arrived.instanceId,
        received_at: now,
        received_by_id: caller.userId,
        status: isInOrder ? 'TAKEN' : 'QUESTIONED',
        document_id: answered?.document_id,
        delivery_id: answered?.delivery_id,
        sender: sender?.slice(0, 200),
        sender_name: response?.sender.name?.slice(0, 200),
        document_number: response?.document.number?.slice(0, 200),
        status_code: status,
        content: content && JSON.stringify(content),
        issue_date: response?.issueDate,
        findings: JSON.stringify(findings),
      })}`);
    // It is stored like every file, and is not to be booked.
    await tx.execute(sql`
      update vouchers set status = 'ARCHIVED', updated_at = ${now}, updated_by_id = ${caller.userId}
      where client_account_id = ${clientAccountId} and id = ${arrived.fileId} and status = 'PENDING'`);
    const after = await findDocumentResponse(tx, clientAccountId, id);
    audit({ recordType: 'document_response', recordId: id, after });
    return after;
  },
});

export interface ReceiveResponse extends Envelope {
  file: StagedFile;
}

/**
 * Takes in a customer's answer to a document that was sent over the network. Its bytes are stored before any other
 * processing; an answer that cannot be read or assigned is kept for a person to look at. The same delivery, or the same
 * bytes, return the result of the first time. Errors: invoice_responses.instance_differs.
 */
export const receiveResponse: Operation<ReceiveResponse, DocumentResponseView> = {
  ...record,
  async call(platform, call, { file, ...envelope }) {
    const [clientAccountId] = decideAccess(access, call) as [number];
    const kept = await keepFile(platform, call, file);
    const read = readAnswer(await contentOfFile(platform, clientAccountId, kept.sha256));
    return record.call(platform, call, { ...envelope, fileId: kept.id, ...read });
  },
};

function readAnswer(bytes: Uint8Array): Pick<Arrived, 'response' | 'findings'> {
  try {
    return readResponse(bytes);
  } catch (error) {
    return { response: null, findings: [unread(error)] };
  }
}

async function knownDelivery(
  tx: Transaction,
  clientAccountId: number,
  { instanceId, fileId }: Arrived,
): Promise<DocumentResponseView | undefined> {
  const [byInstance] =
    instanceId === null ? [] : await documentResponses(tx, clientAccountId, sql`and instance_id = ${instanceId}`);
  if (byInstance && byInstance.file_id !== fileId)
    throw responseErrors.instance_differs({ instance_id: instanceId, document_response_id: byInstance.id });
  if (byInstance) return byInstance;
  const [byFile] = await documentResponses(tx, clientAccountId, sql`and file_id = ${fileId}`);
  return byFile;
}

function participantIn({ endpoint }: InvoiceResponse['sender']): string | null {
  return endpoint?.scheme ? `${endpoint.scheme}:${endpoint.value}`.toLowerCase() : null;
}

/** Limits for texts and lists in the record; the file has everything. */
const SHOWN = { text: 2_000, value: 200, clarifications: 20 };

function contentOf({ reasons, actions, note, effectiveDate }: InvoiceResponse): ResponseContent {
  const shown = ({ code, text, details }: Clarification): Clarification => ({
    code: code?.slice(0, SHOWN.value) ?? null,
    text: text?.slice(0, SHOWN.text) ?? null,
    details: details.slice(0, SHOWN.clarifications).map(({ attribute, value }) => ({
      attribute: attribute?.slice(0, SHOWN.value) ?? null,
      value: value?.slice(0, SHOWN.value) ?? null,
    })),
  });
  return {
    reasons: reasons.slice(0, SHOWN.clarifications).map(shown),
    actions: actions.slice(0, SHOWN.clarifications).map(shown),
    note: note?.slice(0, SHOWN.text) ?? null,
    effective_date: effectiveDate,
  };
}

/** Credit notes among the document types of UNCL1001. */
const CREDIT_NOTES = ['81', '83', '261', '381', '396', '532'];

/** The delivery of our document with that number to the responding participant; none if it is ambiguous. */
async function answeredDelivery(
  tx: Transaction,
  clientAccountId: number,
  { document: { number, issueDate, typeCode } }: InvoiceResponse,
  sender: string,
): Promise<{ document_id: number; delivery_id: number } | undefined> {
  const isCreditNote = typeCode === null ? null : CREDIT_NOTES.includes(typeCode);
  const found = await tx.rows<{ document_id: number; delivery_id: number }>(sql`
    select d.id as document_id, l.id as delivery_id
    from document_deliveries l join documents d on d.client_account_id = l.client_account_id and d.id = l.document_id
    where l.client_account_id = ${clientAccountId} and l.channel = 'PEPPOL' and l.status <> 'FAILED'
      and lower(l.recipient) = ${sender} and d.document_number = ${number}
      and (${isCreditNote}::boolean is null or (d.document_type = 'ARCRN') = ${isCreditNote})
      and (${issueDate}::date is null or d.document_date = ${issueDate})
    limit 2`);
  return found.length === 1 ? found[0] : undefined;
}

/** Whether the answer advances the current status, or repeats it. */
async function follows(
  tx: Transaction,
  clientAccountId: number,
  deliveryId: number,
  given: GivenStatus,
): Promise<boolean> {
  const standing = await tx.maybe<GivenStatus>(sql`
    select status_code, content from document_responses
    where client_account_id = ${clientAccountId} and delivery_id = ${deliveryId} and status = 'TAKEN'
    order by id desc limit 1`);
  return !standing || isDeepStrictEqual(standing, given) || mayFollow(standing, given);
}

/** An envelope that contradicts its content. */
function envelopeFindings({ response, sender, receiver }: Arrived): Finding[] {
  if (!response) return [];
  const differs = (inside: string | null, outside: string) => inside !== null && inside !== outside.toLowerCase();
  const [from, to] = [participantIn(response.sender), participantIn(response.receiver)];
  const findings: Finding[] = [];
  if (sender !== null && differs(from, sender))
    findings.push({
      rule: 'ENVELOPE',
      severity: 'fatal',
      path: 'cac:SenderParty/cbc:EndpointID',
      found: from!.slice(0, 100),
      expected: sender.slice(0, 100),
      nb: 'Svaret er sendt av en annen enn den det sier at det er fra',
      en: 'The answer was sent by another one than it says that it is from',
    });
  if (differs(to, receiver))
    findings.push({
      rule: 'ENVELOPE',
      severity: 'fatal',
      path: 'cac:ReceiverParty/cbc:EndpointID',
      found: to!.slice(0, 100),
      expected: receiver,
      nb: 'Svaret er til en annen',
      en: 'The answer is for somebody else',
    });
  return findings;
}

function unknownDocument({ document: { number } }: InvoiceResponse, sender: string): Finding {
  return {
    rule: 'DOCUMENT',
    severity: 'fatal',
    path: 'cac:DocumentResponse/cac:DocumentReference',
    found: (number ?? '').slice(0, 100),
    nb: `Ingen slik faktura er sendt til ${sender.slice(0, 100)} på Peppol-nettverket`,
    en: `No such invoice was sent to ${sender.slice(0, 100)} over the Peppol network`,
  };
}

function outOfOrder(status: string): Finding {
  return {
    rule: 'OP-BR111-R012',
    severity: 'warning',
    path: 'cac:DocumentResponse/cac:Response/cbc:ResponseCode',
    found: status,
    nb: 'Statusen kan ikke følge etter den som er gitt; den som står, gjelder fortsatt',
    en: 'The status cannot follow the one that was given; the one that stands is still valid',
  };
}
