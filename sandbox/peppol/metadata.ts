import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { makeCertificate, pemOf } from './certificate.ts';
import { documentType, type Kind, PROCESS, SMP_NAME } from './identifiers.ts';

const DAY_MS = 86_400_000;
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const PUBLISHING = 'http://busdox.org/serviceMetadata/publishing/1.0/';
const IDENTIFIERS = 'http://busdox.org/transport/identifiers/1.0/';
const ADDRESSING = 'http://www.w3.org/2005/08/addressing';

/** How metadata are signed: correctly, or in a way that no client may trust. */
export const SIGNINGS = ['right', 'expired', 'forged', 'stranger'] as const;
export type Signing = (typeof SIGNINGS)[number];

const ISSUER = 'SANDBOX SERVICE METADATA PUBLISHER CA';

/** The issuer of certificates, the key of the SMP, and what both sign. The keys are generated for this run. */
export class Publisher {
  readonly #now: () => Date;
  readonly #issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  readonly #stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  /** Generated at first use: it takes longer than everything else. */
  #key: KeyObject | undefined;
  signing: Signing = 'right';

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** The certificates that our side must trust, as PEM. */
  get issuerPem(): string {
    const issuer = { name: ISSUER, key: this.#issuer };
    return pemOf(makeCertificate({ subject: ISSUER, key: this.#issuer, issuer, ...this.#years(20), isIssuer: true }));
  }

  rotate(): void {
    this.#key = undefined;
  }

  /** The certificate of an access point; an expired one ended yesterday. */
  accessPointCertificate(name: string, isExpired: boolean): string {
    return this.#certificate(name, this.#issuer, { isExpired }).toString('base64');
  }

  /** Signs metadata in canonical form, with the signature as the last child of the root. */
  signed(metadata: string): string {
    const root = (content: string) => `<SignedServiceMetadata xmlns="${PUBLISHING}">${content}</SignedServiceMetadata>`;
    const digest = createHash('sha256').update(root(metadata)).digest('base64');
    const info = [
      `<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></CanonicalizationMethod>`,
      `<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></SignatureMethod>`,
      `<Reference URI=""><Transforms><Transform Algorithm="${DSIG}enveloped-signature"></Transform></Transforms>`,
      `<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod>`,
      `<DigestValue>${digest}</DigestValue></Reference>`,
    ].join('');
    this.#key ??= createPrivateKey(
      generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      }).privateKey,
    );
    const value = sign('sha256', Buffer.from(`<SignedInfo xmlns="${DSIG}">${info}</SignedInfo>`), this.#key);
    const by = this.signing === 'stranger' ? this.#stranger : this.#issuer;
    const certificate = this.#certificate(SMP_NAME, by, { isExpired: this.signing === 'expired', key: this.#key });
    const content = this.signing === 'forged' ? metadata.replace(/POP\d+\.example/, 'forged.example') : metadata;
    const data = `<X509Data><X509Certificate>${certificate.toString('base64')}</X509Certificate></X509Data>`;
    return root(
      `${content}<Signature xmlns="${DSIG}"><SignedInfo>${info}</SignedInfo><SignatureValue>${value.toString('base64')}</SignatureValue><KeyInfo>${data}</KeyInfo></Signature>`,
    );
  }

  #certificate(
    subject: string,
    issuerKey: KeyObject,
    { isExpired, key = this.#issuer }: { isExpired: boolean; key?: KeyObject },
  ): Buffer {
    const time = this.#now().getTime();
    return makeCertificate({
      subject,
      key,
      issuer: { name: ISSUER, key: issuerKey },
      from: new Date(time - 400 * DAY_MS),
      to: new Date(time + (isExpired ? -1 : 365) * DAY_MS),
    });
  }

  #years(count: number): { from: Date; to: Date } {
    const time = this.#now().getTime();
    return { from: new Date(time - 500 * DAY_MS), to: new Date(time + count * 365 * DAY_MS) };
  }
}

/** Metadata of a document type, in canonical form. */
export function serviceInformation(participant: string, kind: Kind, accessPoint: string, certificate: string): string {
  return [
    `<ServiceMetadata><ServiceInformation>`,
    `<id:ParticipantIdentifier xmlns:id="${IDENTIFIERS}" scheme="iso6523-actorid-upis">${participant}</id:ParticipantIdentifier>`,
    `<id:DocumentIdentifier xmlns:id="${IDENTIFIERS}" scheme="busdox-docid-qns">${documentType(kind)}</id:DocumentIdentifier>`,
    `<ProcessList><Process>`,
    `<id:ProcessIdentifier xmlns:id="${IDENTIFIERS}" scheme="cenbii-procid-ubl">${PROCESS}</id:ProcessIdentifier>`,
    `<ServiceEndpointList><Endpoint transportProfile="peppol-transport-as4-v2_0">`,
    `<wsa:EndpointReference xmlns:wsa="${ADDRESSING}"><wsa:Address>https://${accessPoint}.example/as4</wsa:Address></wsa:EndpointReference>`,
    `<RequireBusinessLevelSignature>false</RequireBusinessLevelSignature>`,
    `<Certificate>${certificate}</Certificate><ServiceDescription>Sandbox</ServiceDescription>`,
    `<TechnicalContactUrl>https://${accessPoint}.example</TechnicalContactUrl>`,
    `</Endpoint></ServiceEndpointList></Process></ProcessList></ServiceInformation></ServiceMetadata>`,
  ].join('');
}

/** The redirect to another SMP, in canonical form. */
export function redirectTo(url: string, certificateUid: string): string {
  return `<ServiceMetadata><Redirect href="${url}"><CertificateUID>${certificateUid}</CertificateUID></Redirect></ServiceMetadata>`;
}

export function serviceGroup(participant: string, smp: string, kinds: readonly Kind[]): string {
  const owner = encodeURIComponent(`iso6523-actorid-upis::${participant}`);
  const references = kinds
    .map((kind) => `${smp}/${owner}/services/${encodeURIComponent(`busdox-docid-qns::${documentType(kind)}`)}`)
    .map((href) => `<ServiceMetadataReference href="${href}"/>`);
  return `<?xml version="1.0" encoding="UTF-8"?><ServiceGroup xmlns="${PUBLISHING}" xmlns:id="${IDENTIFIERS}"><id:ParticipantIdentifier scheme="iso6523-actorid-upis">${participant}</id:ParticipantIdentifier><ServiceMetadataReferenceCollection>${references.join('')}</ServiceMetadataReferenceCollection></ServiceGroup>`;
}
