import { createHash } from 'node:crypto';

export const PARTICIPANT_SCHEME = 'iso6523-actorid-upis';
export const DOCUMENT_SCHEME = 'busdox-docid-qns';
export const PROCESS_SCHEME = 'cenbii-procid-ubl';
/** AS4, the only transport in use. */
export const TRANSPORT = 'peppol-transport-as4-v2_0';

/** BIS Billing 3.0, which is EHF 3.0. A receiver registers both. */
export const BILLING_KINDS = ['Invoice', 'CreditNote'] as const;
/** Documents that are sent: billing, and BIS Invoice Response 3. */
export type DocumentKind = (typeof BILLING_KINDS)[number] | 'InvoiceResponse';

/** Identifier of the document type; case counts. */
export function documentTypeOf(kind: DocumentKind): string {
  if (kind === 'InvoiceResponse')
    return 'urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2::ApplicationResponse##urn:fdc:peppol.eu:poacc:trns:invoice_response:3::2.1';
  return `urn:oasis:names:specification:ubl:schema:xsd:${kind}-2::${kind}##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1`;
}

export const BILLING_PROCESS = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0';
export const RESPONSE_PROCESS = 'urn:fdc:peppol.eu:poacc:bis:invoice_response:3';

/** The process that a document is part of. */
export function processOf(kind: DocumentKind): string {
  return kind === 'InvoiceResponse' ? RESPONSE_PROCESS : BILLING_PROCESS;
}

/** `0192:991825827`: a Norwegian organisation (ICD 0192). */
export function participantOf(organizationNumber: string): string {
  return `0192:${organizationNumber}`;
}

/** `iso6523-actorid-upis::0192:991825827` */
export function qualified(participant: string): string {
  return `${PARTICIPANT_SCHEME}::${participant}`;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Lower case, without padding (RFC 4648). */
function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + BASE32[(held << (5 - bits)) & 31] : text;
}

/** The name of a participant's NAPTR record (Peppol SML 1.3.0). Values compare without case. */
export function naptrName(participant: string, zone: string): string {
  const label = base32(createHash('sha256').update(participant.toLowerCase()).digest());
  return `${label}.${PARTICIPANT_SCHEME}.${zone}`;
}

/** The name of its CNAME record until 2025 (SML 1.0 to 1.2), for networks that still have it. */
export function cnameName(participant: string, zone: string): string {
  const label = createHash('md5').update(participant.toLowerCase()).digest('hex');
  return `B-${label}.${PARTICIPANT_SCHEME}.${zone}`;
}
