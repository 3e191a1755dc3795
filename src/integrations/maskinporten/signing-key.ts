import { type KeyObject, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';

/** The key that signs assertions, and how Maskinporten and ID-porten find its public part. */
export interface SigningKey {
  privateKey: KeyObject;
  /** Exactly one of the two: the id of a registered key, or the enterprise certificate (with its chain), DER in base64. */
  kid?: string;
  x5c?: string[];
}

export interface KeyMaterial {
  /** PEM (PKCS #8 or PKCS #1) or a private JWK as JSON. */
  key: string;
  /** Id of a key registered there; a JWK may contain its own. */
  keyId?: string | undefined;
  /** PEM, the enterprise certificate first. */
  certificate?: string | undefined;
}

/**
 * Reads key and certificate. `party`: their owner, named in faults. Throws a sentence for the operator that contains no
 * part of the key.
 */
export function readSigningKey({ key, keyId, certificate }: KeyMaterial, party = 'Maskinporten'): SigningKey {
  const { privateKey, jwkId } = readPrivateKey(key, party);
  if (privateKey.asymmetricKeyType !== 'rsa')
    throw new Error(`the ${party} key must be an RSA key: assertions are signed with RS256`);
  if ((privateKey.asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
    throw new Error(`the ${party} key must have at least 2048 bits`);
  const kid = keyId ?? (certificate ? undefined : jwkId);
  if (kid && certificate) throw new Error(`give either a key id or a certificate for ${party}, not both`);
  if (certificate) return { privateKey, x5c: readCertificates(certificate, privateKey, party) };
  if (!kid) throw new Error(`${party} needs the id of the registered key (kid), or an enterprise certificate`);
  return { privateKey, kid };
}

function readPrivateKey(text: string, party: string): { privateKey: KeyObject; jwkId: string | undefined } {
  try {
    if (!text.trimStart().startsWith('{')) return { privateKey: createPrivateKey(lines(text)), jwkId: undefined };
    const jwk = JSON.parse(text) as { kid?: unknown };
    const privateKey = createPrivateKey({ key: jwk as never, format: 'jwk' });
    return { privateKey, jwkId: typeof jwk.kid === 'string' ? jwk.kid : undefined };
  } catch {
    // The cause may quote the key.
    throw new Error(`the ${party} key is neither a private key in PEM nor a private JWK`);
  }
}

/** Restores the line breaks of a PEM on one line of an environment file. */
function lines(pem: string): string {
  return pem.replaceAll('\\n', '\n');
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

function readCertificates(pem: string, privateKey: KeyObject, party: string): string[] {
  const found = pem
    .split(BEGIN)
    .slice(1)
    .filter((rest) => rest.includes(END))
    .map((rest) => `${BEGIN}${rest.slice(0, rest.indexOf(END))}${END}`);
  const certificates = found.map((one) => {
    try {
      return new X509Certificate(one);
    } catch {
      throw new Error(`the ${party} certificate is not a certificate in PEM`);
    }
  });
  const [own] = certificates;
  if (!own) throw new Error(`the ${party} certificate is not a certificate in PEM`);
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  if (!own.publicKey.export({ type: 'spki', format: 'der' }).equals(publicKey))
    throw new Error(`the ${party} certificate belongs to another key`);
  return certificates.map(({ raw }) => raw.toString('base64'));
}
