import { createHash } from 'node:crypto';

export const ZONE = 'peppol.sandbox';
/** The common names of the certificates: our access point, and that of the other provider. */
export const ACCESS_POINT = 'POP000001';
export const OTHER_ACCESS_POINT = 'POP000002';
export const SMP_NAME = 'SMP000001';

export type Kind = 'Invoice' | 'CreditNote';
export const KINDS: readonly Kind[] = ['Invoice', 'CreditNote'];
export const PROCESS = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0';

export const documentType = (kind: Kind) =>
  `urn:oasis:names:specification:ubl:schema:xsd:${kind}-2::${kind}##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1`;

export function kindOf(type: string): Kind | null {
  return KINDS.find((kind) => documentType(kind) === type) ?? null;
}

/** The first label of a participant's names in the zone, now and before November 2025. */
export function labelsOf(participant: string): string[] {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  const hash = createHash('sha256').update(participant.toLowerCase()).digest();
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const label = bits.match(/.{1,5}/g)!.map((five) => alphabet[parseInt(five.padEnd(5, '0'), 2)]);
  return [label.join(''), `b-${createHash('md5').update(participant.toLowerCase()).digest('hex')}`];
}
