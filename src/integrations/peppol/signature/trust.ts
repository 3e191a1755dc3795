import { X509Certificate } from 'node:crypto';

const PEM_BEGIN = '-----BEGIN CERTIFICATE-----';
const PEM_END = '-----END CERTIFICATE-----';

/** The trusted certificates: of issuers, or of a signer as a pin. */
export class Trust {
  readonly #anchors: readonly X509Certificate[];

  constructor(anchors: readonly X509Certificate[]) {
    this.#anchors = anchors;
  }

  /** Several concatenated PEM certificates. Throws for anything else. */
  static fromPem(text: string): Trust {
    const blocks = text.split(PEM_END).flatMap((part) => {
      const from = part.lastIndexOf(PEM_BEGIN);
      return from < 0 ? [] : [part.slice(from) + PEM_END];
    });
    if (blocks.length === 0) throw new Error('no certificate in PEM form');
    return new Trust(blocks.map((block) => new X509Certificate(block)));
  }

  /**
   * Whether a certificate is trusted at a time: within its validity, and pinned or issued by one of these, which must be
   * valid too. Chains of certificates in the message are not followed: trust is configured.
   */
  accepts(certificate: X509Certificate, now: Date): boolean {
    if (!isValidAt(certificate, now)) return false;
    return this.#anchors.some(
      (anchor) =>
        anchor.fingerprint256 === certificate.fingerprint256 ||
        (anchor.ca &&
          isValidAt(anchor, now) &&
          certificate.checkIssued(anchor) &&
          certificate.verify(anchor.publicKey)),
    );
  }
}

function isValidAt(certificate: X509Certificate, now: Date): boolean {
  return certificate.validFromDate <= now && now <= certificate.validToDate;
}

/** The common name of the subject: the id of an access point or SMP. */
export function commonNameOf({ subject }: X509Certificate): string | null {
  return /^CN=(.+)$/m.exec(subject)?.[1]?.trim() ?? null;
}

/** A certificate as base64 of its DER, as XML contains it; null for anything else. */
export function readCertificate(base64: string): X509Certificate | null {
  const text = base64.replace(/\s/g, '');
  if (text === '' || !/^[A-Za-z0-9+/=]+$/.test(text)) return null;
  try {
    return new X509Certificate(Buffer.from(text, 'base64'));
  } catch {
    return null;
  }
}
