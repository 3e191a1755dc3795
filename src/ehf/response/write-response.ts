import { attribute, group, text } from '../write-xml.ts';
import type { Clarification, InvoiceResponse, ResponseParty } from './invoice-response.ts';

const NAMESPACE = 'urn:oasis:names:specification:ubl:schema:xsd';

/** The response as UBL 2.1 ApplicationResponse in UTF-8: elements in the order of the schema, none empty. */
export function writeResponse(response: InvoiceResponse): string {
  const { document } = response;
  const body =
    text('cbc:CustomizationID', response.customizationId) +
    text('cbc:ProfileID', response.profileId) +
    text('cbc:ID', response.id) +
    text('cbc:IssueDate', response.issueDate) +
    text('cbc:IssueTime', response.issueTime) +
    text('cbc:Note', response.note) +
    party('cac:SenderParty', response.sender) +
    party('cac:ReceiverParty', response.receiver) +
    group(
      'cac:DocumentResponse',
      group(
        'cac:Response',
        text('cbc:ResponseCode', response.status) +
          text('cbc:EffectiveDate', response.effectiveDate) +
          response.reasons.map((reason) => clarification('OPStatusReason', reason)).join('') +
          response.actions.map((action) => clarification('OPStatusAction', action)).join(''),
      ) +
        group(
          'cac:DocumentReference',
          text('cbc:ID', document.number) +
            text('cbc:IssueDate', document.issueDate) +
            text('cbc:DocumentTypeCode', document.typeCode),
        ),
    );
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<ApplicationResponse xmlns="${NAMESPACE}:ApplicationResponse-2"` +
    ` xmlns:cac="${NAMESPACE}:CommonAggregateComponents-2" xmlns:cbc="${NAMESPACE}:CommonBasicComponents-2">` +
    `${body}</ApplicationResponse>\n`
  );
}

function party(name: string, { endpoint, name: called }: ResponseParty): string {
  return group(
    name,
    text('cbc:EndpointID', endpoint && endpoint.value, attribute('schemeID', endpoint && endpoint.scheme)) +
      group('cac:PartyLegalEntity', text('cbc:RegistrationName', called)),
  );
}

function clarification(list: string, { code, text: content, details }: Clarification): string {
  return group(
    'cac:Status',
    text('cbc:StatusReasonCode', code, attribute('listID', list)) +
      text('cbc:StatusReason', content) +
      details
        .map(({ attribute: term, value }) =>
          group('cac:Condition', text('cbc:AttributeID', term) + text('cbc:Description', value)),
        )
        .join(''),
  );
}
