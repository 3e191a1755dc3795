import type { Finding } from '../finding.ts';
import { NodeReader } from '../node-reader.ts';
import { readTree, type XmlNode } from '../xml-node.ts';
import {
  type Clarification,
  type InvoiceResponse,
  RESPONSE_CUSTOMIZATION,
  RESPONSE_PROFILE,
  type ResponseParty,
} from './invoice-response.ts';
import { RESPONSE_ACTIONS, RESPONSE_REASONS, RESPONSE_STATUSES } from './response-codes.ts';

/** Not an application response of UBL 2.1. */
export class NoResponse extends Error {
  override name = 'NoResponse';
  readonly root: string;
  constructor(root: string) {
    super(`the root element is ${root}`);
    this.root = root;
  }
}

/** Limit of lists in one response: far more than a person reads. */
const MOST_CLARIFICATIONS = 50;

/**
 * Reads an Invoice Response (BIS Invoice Response 3) and checks it. A fatal finding means that the status or the document is
 * unclear. Throws XmlError, or NoResponse for another document.
 */
export function readResponse(bytes: Uint8Array): { response: InvoiceResponse; findings: Finding[] } {
  const root = readTree(bytes);
  if (root.name !== 'ApplicationResponse') throw new NoResponse(root.name);
  const reader = new NodeReader();
  const response = read(reader, root);
  const code = new NodeReader().text(root, 'cac:DocumentResponse', 'cac:Response', 'cbc:ResponseCode');
  return { response, findings: [...reader.findings, ...broken(response, code)] };
}

function read(from: NodeReader, root: XmlNode): InvoiceResponse {
  const documentResponse = from.child(root, 'cac:DocumentResponse');
  const answer = from.child(documentResponse, 'cac:Response');
  const reference = from.child(documentResponse, 'cac:DocumentReference');
  const clarifications = from.children(answer, 'cac:Status').slice(0, MOST_CLARIFICATIONS);
  const code = from.text(answer, 'cbc:ResponseCode');
  return {
    customizationId: from.text(root, 'cbc:CustomizationID'),
    profileId: from.text(root, 'cbc:ProfileID'),
    id: from.text(root, 'cbc:ID'),
    issueDate: from.date(root, 'cbc:IssueDate'),
    issueTime: from.text(root, 'cbc:IssueTime'),
    note: from.text(root, 'cbc:Note'),
    sender: readParty(from, from.child(root, 'cac:SenderParty')),
    receiver: readParty(from, from.child(root, 'cac:ReceiverParty')),
    status: RESPONSE_STATUSES.find((known) => known === code) ?? null,
    effectiveDate: from.date(answer, 'cbc:EffectiveDate'),
    reasons: clarifications.filter((node) => !isAction(node)).map((node) => readClarification(from, node)),
    actions: clarifications.filter(isAction).map((node) => readClarification(from, node)),
    document: {
      number: from.text(reference, 'cbc:ID'),
      issueDate: from.date(reference, 'cbc:IssueDate'),
      typeCode: from.text(reference, 'cbc:DocumentTypeCode'),
    },
  };
}

function readParty(from: NodeReader, node: XmlNode | null): ResponseParty {
  return {
    endpoint: from.identifier(node, 'cbc:EndpointID'),
    name: from.text(node, 'cac:PartyLegalEntity', 'cbc:RegistrationName'),
  };
}

/** By the list that is named; both lists have a code OTH. */
function isAction(node: XmlNode): boolean {
  const code = node.children.find(({ name }) => name === 'cbc:StatusReasonCode');
  return code?.attributes['listID'] === 'OPStatusAction';
}

function readClarification(from: NodeReader, node: XmlNode): Clarification {
  return {
    code: from.text(node, 'cbc:StatusReasonCode'),
    text: from.text(node, 'cbc:StatusReason'),
    details: from
      .children(node, 'cac:Condition')
      .slice(0, MOST_CLARIFICATIONS)
      .map((condition) => ({
        attribute: from.text(condition, 'cbc:AttributeID'),
        value: from.text(condition, 'cbc:Description'),
      })),
  };
}

const RESPONSE = 'cac:DocumentResponse/cac:Response';
const REFERENCE = 'cac:DocumentResponse/cac:DocumentReference';

/**
 * The rules of the transaction, under the identifiers by which others report them; T111 is our own, for requirements of the
 * transaction's schema. A defect that leaves the status clear is a warning.
 */
function broken(response: InvoiceResponse, code: string | null): Finding[] {
  const { customizationId, profileId, status, reasons, actions, document, sender, receiver } = response;
  const clarifications = [...reasons, ...actions];
  const has = (wanted: string) => reasons.filter((reason) => reason.code === wanted);
  const unknown = (list: Clarification[], codes: readonly string[]) =>
    list.find((one) => one.code !== null && !codes.includes(one.code))?.code;
  const needsReason = status === 'UQ' || status === 'CA' || status === 'RE';
  const unknownReason = unknown(reasons, RESPONSE_REASONS);
  const unknownAction = unknown(actions, RESPONSE_ACTIONS);
  const rules: (Finding & { isBroken: boolean })[] = [
    {
      isBroken: !customizationId?.startsWith(RESPONSE_CUSTOMIZATION),
      ...fatal('PEPPOL-T111-R003', 'cbc:CustomizationID', customizationId, RESPONSE_CUSTOMIZATION),
      nb: 'Dokumentet følger ikke spesifikasjonen for fakturasvar',
      en: 'The document does not follow the specification of invoice responses',
    },
    {
      isBroken: profileId !== RESPONSE_PROFILE,
      ...fatal('T111', 'cbc:ProfileID', profileId, RESPONSE_PROFILE),
      nb: 'Dokumentet hører til en annen prosess enn fakturasvar',
      en: 'The document belongs to another process than invoice response',
    },
    {
      isBroken: sender.endpoint === null,
      ...fatal('T111', 'cac:SenderParty/cbc:EndpointID', null),
      nb: 'Det står ikke hvem som svarer',
      en: 'Who answers is not told',
    },
    {
      isBroken: receiver.endpoint === null,
      ...fatal('T111', 'cac:ReceiverParty/cbc:EndpointID', null),
      nb: 'Det står ikke hvem svaret er til',
      en: 'Who the answer is for is not told',
    },
    {
      isBroken: status === null,
      ...fatal('T111', `${RESPONSE}/cbc:ResponseCode`, code, RESPONSE_STATUSES.join(', ')),
      nb: 'Statuskoden er ikke i listen',
      en: 'The status code is not in the list',
    },
    {
      isBroken: document.number === null,
      ...fatal('T111', `${REFERENCE}/cbc:ID`, null),
      nb: 'Det står ikke hvilken faktura svaret gjelder',
      en: 'Which invoice the answer is about is not told',
    },
    {
      isBroken: document.typeCode === null,
      ...warning('T111', `${REFERENCE}/cbc:DocumentTypeCode`, null),
      nb: 'Det står ikke om svaret gjelder en faktura eller en kreditnota',
      en: 'Whether the answer is about an invoice or a credit note is not told',
    },
    {
      isBroken: needsReason && clarifications.every((one) => one.code === null),
      ...warning('PEPPOL-T111-R001', `${RESPONSE}/cac:Status`, null),
      nb: 'Statusen krever en begrunnelse, og ingen er gitt',
      en: 'The status needs a reason, and none is given',
    },
    {
      isBroken: clarifications.some((one) => one.code === 'OTH' && one.text === null),
      ...warning('PEPPOL-T111-R002', `${RESPONSE}/cac:Status/cbc:StatusReason`, null),
      nb: 'Koden OTH bør forklares med ord',
      en: 'The code OTH should be explained in words',
    },
    {
      isBroken: has('PPD').some((one) => one.text === null),
      ...warning('PEPPOL-T111-R004', `${RESPONSE}/cac:Status/cbc:StatusReason`, null),
      nb: 'En delvis betaling må forklares med ord',
      en: 'A partial payment must be explained in words',
    },
    {
      isBroken: has('PPD').length > 0 && status !== 'PD',
      ...warning('PEPPOL-T111-R005', `${RESPONSE}/cac:Status/cbc:StatusReasonCode`, status, 'PD'),
      nb: 'Delvis betalt (PPD) hører bare til statusen PD',
      en: 'Partially paid (PPD) belongs to the status PD alone',
    },
    {
      isBroken: unknownAction !== undefined,
      ...warning('PEPPOL-T111-R006', `${RESPONSE}/cac:Status/cbc:StatusReasonCode`, unknownAction ?? null),
      nb: 'Koden er ikke i listen OPStatusAction',
      en: 'The code is not in the list OPStatusAction',
    },
    {
      isBroken: unknownReason !== undefined,
      ...warning('PEPPOL-T111-R007', `${RESPONSE}/cac:Status/cbc:StatusReasonCode`, unknownReason ?? null),
      nb: 'Koden er ikke i listen OPStatusReason',
      en: 'The code is not in the list OPStatusReason',
    },
  ];
  return rules.filter(({ isBroken }) => isBroken).map(({ isBroken: _, ...finding }) => finding);
}

const SHOWN = 100;

function fatal(rule: string, path: string, found: string | null, expected?: string) {
  return { ...warning(rule, path, found, expected), severity: 'fatal' as const };
}

function warning(rule: string, path: string, found: string | null, expected?: string) {
  return {
    rule,
    severity: 'warning' as const,
    path,
    ...(found === null ? {} : { found: found.slice(0, SHOWN) }),
    ...(expected === undefined ? {} : { expected }),
  };
}
