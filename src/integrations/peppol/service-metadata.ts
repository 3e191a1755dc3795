import { DOCUMENT_SCHEME, PARTICIPANT_SCHEME, PROCESS_SCHEME, TRANSPORT } from './identifiers.ts';
import {
  childrenNamed,
  localName,
  namespaceOf,
  onlyChild,
  type SignedElement,
  textOf,
} from './signature/signed-node.ts';
import { commonNameOf, readCertificate } from './signature/trust.ts';
import { SignatureRefused, type Verified } from './signature/verify-signature.ts';

const SMP = 'http://busdox.org/serviceMetadata/publishing/1.0/';
const IDENTIFIERS = 'http://busdox.org/transport/identifiers/1.0/';
const ADDRESSING = 'http://www.w3.org/2005/08/addressing';

/** The address of the receiver, and its access point. */
export interface ServiceEndpoint {
  address: string;
  /** The common name of its certificate; null if unreadable. */
  accessPoint: string | null;
  validFrom: Date | null;
  /** The earlier of the endpoint's own expiry and its certificate's. */
  validTo: Date | null;
}

export type ServiceMetadata =
  | { kind: 'endpoints'; endpoints: ServiceEndpoint[] }
  | { kind: 'redirect'; url: string; certificateUid: string };

interface Asked {
  participant: string;
  documentType: string;
  process: string;
  signedBy: string | null;
}

/**
 * Signed service metadata as the response to a query (Peppol SMP 1.4). Metadata of another participant or document type, or
 * of an SMP other than the redirect named, are refused. Throws SignatureRefused.
 */
export function readServiceMetadata({ root, signer }: Verified, asked: Asked): ServiceMetadata {
  const isMetadata = localName(root) === 'SignedServiceMetadata' && namespaceOf(root) === SMP;
  const metadata = isMetadata ? onlyChild(root, SMP, 'ServiceMetadata') : undefined;
  if (!metadata) throw new SignatureRefused('no service metadata');
  if (asked.signedBy !== null && !names(asked.signedBy, commonNameOf(signer)))
    throw new SignatureRefused('signed by another SMP than the one that was named');
  const redirect = onlyChild(metadata, SMP, 'Redirect');
  if (redirect)
    return {
      kind: 'redirect',
      url: (redirect.attributes['href'] ?? '').replace(/\/$/, ''),
      certificateUid: textOf(onlyChild(redirect, SMP, 'CertificateUID')),
    };
  const information = onlyChild(metadata, SMP, 'ServiceInformation');
  if (!information || !isAsked(information, asked))
    throw new SignatureRefused('metadata of something that was not asked for');
  const list = onlyChild(information, SMP, 'ProcessList');
  const processes = (list ? childrenNamed(list, SMP, 'Process') : []).filter((process) =>
    isNamed(process, asked.process),
  );
  return { kind: 'endpoints', endpoints: processes.flatMap(endpointsOf) };
}

/** Whether a certificate's name, in any of the forms in use, has this common name. */
function names(certificateUid: string, commonName: string | null): boolean {
  return commonName !== null && certificateUid.split(/[,/:]/).some((part) => part.trim() === `CN=${commonName}`);
}

function isAsked(information: SignedElement, { participant, documentType }: Asked): boolean {
  const owner = onlyChild(information, IDENTIFIERS, 'ParticipantIdentifier');
  const document = onlyChild(information, IDENTIFIERS, 'DocumentIdentifier');
  return (
    owner?.attributes['scheme']?.toLowerCase() === PARTICIPANT_SCHEME &&
    textOf(owner).toLowerCase() === participant.toLowerCase() &&
    document?.attributes['scheme'] === DOCUMENT_SCHEME &&
    textOf(document) === documentType
  );
}

function isNamed(process: SignedElement, name: string): boolean {
  const id = onlyChild(process, IDENTIFIERS, 'ProcessIdentifier');
  return id?.attributes['scheme'] === PROCESS_SCHEME && textOf(id) === name;
}

function endpointsOf(process: SignedElement): ServiceEndpoint[] {
  const list = onlyChild(process, SMP, 'ServiceEndpointList');
  return (list ? childrenNamed(list, SMP, 'Endpoint') : [])
    .filter((endpoint) => endpoint.attributes['transportProfile'] === TRANSPORT)
    .map(endpointOf);
}

function endpointOf(endpoint: SignedElement): ServiceEndpoint {
  const reference = onlyChild(endpoint, ADDRESSING, 'EndpointReference');
  const certificate = readCertificate(textOf(onlyChild(endpoint, SMP, 'Certificate')));
  const ends = [timeOf(endpoint, 'ServiceExpirationDate'), certificate?.validToDate ?? null].filter(
    (end) => end !== null,
  );
  return {
    address: textOf(reference && onlyChild(reference, ADDRESSING, 'Address')),
    accessPoint: certificate && commonNameOf(certificate),
    validFrom: timeOf(endpoint, 'ServiceActivationDate'),
    validTo: ends.length === 0 ? null : new Date(Math.min(...ends.map((end) => end.getTime()))),
  };
}

function timeOf(endpoint: SignedElement, name: string): Date | null {
  const time = new Date(textOf(onlyChild(endpoint, SMP, name)));
  return Number.isNaN(time.getTime()) ? null : time;
}
