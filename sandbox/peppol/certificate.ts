import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';

/** The subset of DER (X.690) that a certificate needs. */
function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]) => tlv(0x30, ...parts);
const integer = (bytes: Buffer) => tlv(0x02, bytes);
const bits = (bytes: Buffer) => tlv(0x03, Buffer.from([0]), bytes);
const yes = tlv(0x01, Buffer.from([0xff]));

function objectId(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [first! * 40 + second!];
  for (const part of rest) {
    const digits = [part & 127];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128);
    bytes.push(...digits);
  }
  return tlv(0x06, Buffer.from(bytes));
}

const ECDSA_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));

function name(commonName: string): Buffer {
  const part = (id: string, text: string) => tlv(0x31, sequence(objectId(id), tlv(0x0c, Buffer.from(text))));
  return sequence(part('2.5.4.6', 'NO'), part('2.5.4.10', 'Sandbox'), part('2.5.4.3', commonName));
}

function utcTime(time: Date): Buffer {
  const digits = time.toISOString().replace(/\D/g, '').slice(2, 14);
  return tlv(0x17, Buffer.from(`${digits}Z`));
}

export interface NewCertificate {
  subject: string;
  key: KeyObject;
  issuer: { name: string; key: KeyObject };
  from: Date;
  to: Date;
  isIssuer?: boolean;
}

/** A certificate for the public half of a key, signed with the issuer's key on P-256. DER. */
export function makeCertificate({ subject, key, issuer, from, to, isIssuer = false }: NewCertificate): Buffer {
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const constraints = sequence(objectId('2.5.29.19'), yes, tlv(0x04, isIssuer ? sequence(yes) : sequence()));
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_SHA256,
    name(issuer.name),
    sequence(utcTime(from), utcTime(to)),
    name(subject),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(constraints)),
  );
  return sequence(body, ECDSA_SHA256, bits(sign('sha256', body, issuer.key)));
}

export function pemOf(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
