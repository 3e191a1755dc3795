import { createHash, timingSafeEqual, verify, type X509Certificate } from 'node:crypto';
import { XmlError } from '../../../platform/xml/xml-stream.ts';
import { canonical, type CanonicalForm } from './canonical.ts';
import {
  childrenNamed,
  elementsOf,
  localName,
  namespaceOf,
  onlyChild,
  readSigned,
  type SignedElement,
  textOf,
} from './signed-node.ts';
import { readCertificate, type Trust } from './trust.ts';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const INCLUSIVE = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const ENVELOPED = `${DSIG}enveloped-signature`;

/** SHA-1 is excluded: an attacker who can create two documents with one hash could forge a signature. */
const DIGESTS: Record<string, string> = {
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
};
const SIGNATURES: Record<string, string> = {
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384': 'sha384',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': 'sha512',
};
const SMALLEST_KEY = 2048;

/** Why a signature is not trusted. */
export class SignatureRefused extends Error {
  override name = 'SignatureRefused';
}

/** A document that is signed as a whole, and its signer. Values are read from `root`: the same tree that was checked. */
export interface Verified {
  root: SignedElement;
  signer: X509Certificate;
}

/**
 * Checks the one form of signature that service metadata have: XML-DSig, enveloped, a child of the root, over the whole
 * document (`URI=""`). Everything else is refused: another reference, transform or algorithm, a second signature, a
 * signature in another place. Throws SignatureRefused.
 */
export function verifySignature(bytes: Uint8Array, { trust, now }: { trust: Trust; now: Date }): Verified {
  const root = readDocument(bytes);
  const signature = theSignature(root);
  const signedInfo = required(onlyChild(signature, DSIG, 'SignedInfo'), 'no SignedInfo, or several');
  const reference = required(onlyChild(signedInfo, DSIG, 'Reference'), 'no reference, or several');
  checkDigest(root, signature, reference);
  const signer = signerOf(signature);
  if (!trust.accepts(signer, now))
    throw new SignatureRefused('the certificate is expired, or nobody issued it whom we trust');
  checkValue(signedInfo, signature, signer);
  return { root, signer };
}

function readDocument(bytes: Uint8Array): SignedElement {
  try {
    return readSigned(bytes);
  } catch (error) {
    if (error instanceof XmlError) throw new SignatureRefused('not readable as XML');
    throw error;
  }
}

function theSignature(root: SignedElement): SignedElement {
  const signature = required(onlyChild(root, DSIG, 'Signature'), 'no signature below the root, or several');
  const others = elementsOf(root).filter((child) => child !== signature);
  if (others.some(holdsSignature) || elementsOf(signature).some(holdsSignature))
    throw new SignatureRefused('a signature elsewhere');
  return signature;
}

function holdsSignature(element: SignedElement): boolean {
  const isSignature = localName(element) === 'Signature' && namespaceOf(element) === DSIG;
  return isSignature || elementsOf(element).some(holdsSignature);
}

function checkDigest(root: SignedElement, signature: SignedElement, reference: SignedElement): void {
  if (reference.attributes['URI'] !== '')
    throw new SignatureRefused('a reference to something other than the document');
  const transforms = onlyChild(reference, DSIG, 'Transforms');
  const [enveloped, canonicalization, ...more] = transforms ? elementsOf(transforms) : [];
  if (enveloped?.attributes['Algorithm'] !== ENVELOPED || more.length > 0)
    throw new SignatureRefused('transforms other than enveloped-signature and a canonical form');
  const form = canonicalization ? formOf(canonicalization) : {};
  const digest = DIGESTS[algorithmOf(reference, 'DigestMethod')];
  if (!digest) throw new SignatureRefused('a digest that is not accepted');
  const found = createHash(digest)
    .update(canonical(root, { ...form, without: signature }), 'utf8')
    .digest();
  const stated = Buffer.from(textOf(onlyChild(reference, DSIG, 'DigestValue')), 'base64');
  if (stated.length !== found.length || !timingSafeEqual(stated, found))
    throw new SignatureRefused('the document was changed after it was signed');
}

function checkValue(signedInfo: SignedElement, signature: SignedElement, { publicKey }: X509Certificate): void {
  const hash = SIGNATURES[algorithmOf(signedInfo, 'SignatureMethod')];
  if (!hash) throw new SignatureRefused('a signature method that is not accepted');
  if (publicKey.asymmetricKeyType !== 'rsa' || (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < SMALLEST_KEY)
    throw new SignatureRefused('a key that is not accepted');
  const method = required(onlyChild(signedInfo, DSIG, 'CanonicalizationMethod'), 'no canonical form');
  const signed = Buffer.from(canonical(signedInfo, formOf(method)), 'utf8');
  const value = Buffer.from(textOf(onlyChild(signature, DSIG, 'SignatureValue')), 'base64');
  if (!verify(hash, signed, publicKey, value)) throw new SignatureRefused('the signature does not fit its key');
}

function formOf(method: SignedElement): CanonicalForm {
  const algorithm = method.attributes['Algorithm'];
  if (algorithm === INCLUSIVE) return {};
  if (algorithm !== EXCLUSIVE) throw new SignatureRefused('a canonical form that is not accepted');
  const [list] = childrenNamed(method, EXCLUSIVE, 'InclusiveNamespaces');
  const prefixes = (list?.attributes['PrefixList'] ?? '').split(' ').filter(Boolean);
  return { exclusive: { inclusivePrefixes: prefixes.map((prefix) => (prefix === '#default' ? '' : prefix)) } };
}

function signerOf(signature: SignedElement): X509Certificate {
  const keyInfo = onlyChild(signature, DSIG, 'KeyInfo');
  const data = keyInfo && onlyChild(keyInfo, DSIG, 'X509Data');
  const [first] = data ? childrenNamed(data, DSIG, 'X509Certificate') : [];
  return required(first && readCertificate(textOf(first)), 'no certificate');
}

function algorithmOf(element: SignedElement, name: string): string {
  return onlyChild(element, DSIG, name)?.attributes['Algorithm'] ?? '';
}

function required<T>(value: T | null | undefined, otherwise: string): T {
  if (value === null || value === undefined) throw new SignatureRefused(otherwise);
  return value;
}
