import { createHash, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { connect, MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import { cnameName, naptrName } from './identifiers.ts';
import { canonical } from './signature/canonical.ts';
import { elementsOf, localName, readSigned, type SignedElement, textOf } from './signature/signed-node.ts';
import { readCertificate } from './signature/trust.ts';
import { Trust } from './signature/trust.ts';
import { SignatureRefused, verifySignature } from './signature/verify-signature.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
beforeEach(() => sandbox.resetAll());
const { outside } = await connect(sandbox, clock);
const { network } = outside.peppol;

const BOTH = '310904473';
const INVOICES_ONLY = '311012940';
const UNREGISTERED = '312974436';
const reach = (number: string, kind: 'Invoice' | 'CreditNote' = 'Invoice', of = network) =>
  of.reach(`0192:${number}`, kind);
const act = (action: string, input?: Record<string, unknown>) => sandbox.act('peppol_smp', action, input);

test.each([
  ['0010:5798000000001', 'xukhfqabqziki3ykvr2fhr4snfa3pf5vpq6k4tonv3lmvsy5arvq', null],
  ['9915:test', 'eh5boavaktmbgzyh2a63dz4qov33fvp5nsdvqklucfraayoodw6a', '85008b8279e07ab0392da75fa55856a2'],
  ['0088:123ABC', 'y7dzfxaf3d4cjz4kcgrxtec6twvcga4ky7zwa5boif6mswd4tdrq', null],
  ['0088:123abc', 'y7dzfxaf3d4cjz4kcgrxtec6twvcga4ky7zwa5boif6mswd4tdrq', null],
  ['0192:991825827', '7i2243uolq5qzb6jxfvi6yei4iq7sfipkv55htzfnr6s54y6yufa', '9823154777831486f5f30f7f41385a2a'],
])('names of %s in DNS', (participant, label, md5) => {
  expect(naptrName(participant, 'zone.example')).toBe(`${label}.iso6523-actorid-upis.zone.example`);
  if (md5) expect(cnameName(participant, 'zone.example')).toBe(`B-${md5}.iso6523-actorid-upis.zone.example`);
});

describe('lookup', () => {
  test('three ways to say no, and who takes a document', async () => {
    expect(await reach(BOTH)).toEqual({ kind: 'reachable', accessPoint: 'POP000002' });
    expect(await reach(BOTH, 'CreditNote')).toEqual({ kind: 'reachable', accessPoint: 'POP000002' });
    expect(await reach(INVOICES_ONLY)).toMatchObject({ kind: 'reachable' });
    expect(await reach(INVOICES_ONLY, 'CreditNote')).toMatchObject({ kind: 'cannot-take' });
    expect(await reach(UNREGISTERED)).toEqual({ kind: 'not-registered' });
  });

  test.each([
    ['silent', 'DNS ETIMEOUT'],
    ['fails', 'DNS ESERVFAIL'],
  ])('a DNS server that is %s says nothing of a registration', async (mode, reason) => {
    const { outside: hasty } = await connect(sandbox, clock, { timeoutMs: 200 });
    await act('dns', { mode });
    expect(await reach(BOTH, 'Invoice', hasty.peppol.network)).toEqual({ kind: 'unknown', reason });
  });

  test('an SMP that is down, or answers with a page', async () => {
    sandbox.fault({ party: 'peppol_smp', effect: { kind: 'html' } });
    expect(await reach(BOTH)).toMatchObject({ kind: 'unknown', reason: expect.stringMatching('SMP: status 200') });
    sandbox.reset();
    sandbox.fault({ party: 'peppol_smp', effect: { kind: 'reset' } });
    expect(await reach(BOTH)).toMatchObject({ kind: 'unknown', reason: 'SMP: outbound.unavailable' });
    sandbox.reset();
    clock.pass(31);
    expect(await reach(BOTH)).toMatchObject({ kind: 'reachable' });
  });

  test('an access point whose certificate has expired takes nothing', async () => {
    await act('expireAccessPoint');
    expect(await reach(BOTH)).toEqual({ kind: 'cannot-take', reason: 'the access point has expired' });
  });

  test('led to another SMP once, never twice, and only to the one that was named', async () => {
    await act('redirect', { organizationNumber: BOTH });
    expect(await reach(BOTH)).toMatchObject({ kind: 'reachable' });
    await act('redirect', { organizationNumber: BOTH, how: 'twice' });
    expect(await reach(BOTH)).toEqual({ kind: 'unknown', reason: 'SMP: led astray' });
    await act('redirect', { organizationNumber: BOTH, how: 'stranger' });
    expect(await reach(BOTH)).toMatchObject({ kind: 'unknown', reason: expect.stringMatching('another SMP') });
  });

  test('the CNAME form of before November 2025', async () => {
    const { outside: legacy } = await connect(sandbox, clock, { environment: { PEPPOL_LOOKUP: 'cname' } });
    expect(await reach(UNREGISTERED, 'Invoice', legacy.peppol.network)).toEqual({ kind: 'not-registered' });
  });
});

describe('signatures', () => {
  test.each([
    ['expired', /expired/],
    ['stranger', /nobody issued/],
    ['forged', /changed after it was signed/],
  ])('%s: not believed, and it is not said that the participant is unknown', async (how, reason) => {
    await act('sign', { how });
    expect(await reach(BOTH)).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(reason) });
  });

  test('a new key of the same issuer is believed; another issuer is not', async () => {
    await act('rotate');
    expect(await reach(BOTH)).toMatchObject({ kind: 'reachable' });
    const own = readFileSync(FIXTURE, 'utf8').match(/<X509Certificate>([^<]+)</)![1]!;
    const pem = `-----BEGIN CERTIFICATE-----\n${own.match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----`;
    const { outside: others } = await connect(sandbox, clock, { environment: { PEPPOL_SMP_CERTIFICATES: pem } });
    expect(await reach(BOTH, 'Invoice', others.peppol.network)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching('nobody issued'),
    });
  });

  const FIXTURE = 'test/fixtures/peppol/signed-service-metadata.xml';
  const find = (element: SignedElement, name: string): SignedElement | undefined =>
    elementsOf(element)
      .map((child) => (localName(child) === name ? child : find(child, name)))
      .find((found) => found !== undefined);

  test('both canonical forms agree with what a real SMP has signed', () => {
    const root = readSigned(Buffer.from(readFileSync(FIXTURE, 'utf8').replace(/>\s+</g, '><')));
    const signature = find(root, 'Signature')!;
    const digest = createHash('sha1')
      .update(canonical(root, { without: signature }))
      .digest('base64');
    expect(digest).toBe(textOf(find(signature, 'DigestValue')));
    const info = canonical(find(signature, 'SignedInfo')!, { exclusive: { inclusivePrefixes: [] } });
    const { publicKey } = readCertificate(textOf(find(signature, 'X509Certificate')))!;
    const value = Buffer.from(textOf(find(signature, 'SignatureValue')), 'base64');
    expect(verify('sha1', Buffer.from(info), publicKey, value)).toBe(true);
  });

  const url = `${sandbox.addressOf('peppol_smp')}/iso6523-actorid-upis%3A%3A0192%3A${BOTH}/services/${encodeURIComponent('busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1')}`;
  const signed = async () => (await fetch(url)).text();
  const trusted = async () => Trust.fromPem(((await act('describe')) as { issuer: string }).issuer);

  test.each<[string, (xml: string) => string, RegExp | null]>([
    ['as it came', (xml) => xml, null],
    [
      'attributes and quotes written otherwise',
      (xml) => xml.replace(/transportProfile="([^"]+)"/, "transportProfile='$1' "),
      null,
    ],
    ['a comment', (xml) => xml.replace('<ProcessList>', '<!-- seen --><ProcessList>'), null],
    ['another address', (xml) => xml.replace('POP000002.example/as4', 'POP000009.example/as4'), /changed/],
    ['a blank more', (xml) => xml.replace('<ProcessList>', ' <ProcessList>'), /changed/],
    ['no signature', (xml) => xml.replace(/<Signature.*<\/Signature>/, ''), /no signature/],
    [
      'two signatures',
      (xml) => xml.replace(/(<Signature.*<\/Signature>)/, '$1$1'),
      /no signature below the root, or several/,
    ],
    [
      'the signed document wrapped in another',
      (xml) =>
        `<SignedServiceMetadata xmlns="http://busdox.org/serviceMetadata/publishing/1.0/">${xml}</SignedServiceMetadata>`,
      /no signature below the root/,
    ],
    ['a reference to a part', (xml) => xml.replace('<Reference URI="">', '<Reference URI="#a">'), /something other/],
    ['two references', (xml) => xml.replace(/(<Reference.*<\/Reference>)/, '$1$1'), /no reference, or several/],
    ['SHA-1', (xml) => xml.replace('2001/04/xmlenc#sha256', '2000/09/xmldsig#sha1'), /digest that is not accepted/],
    [
      'an HMAC',
      (xml) => xml.replace('2001/04/xmldsig-more#rsa-sha256', '2000/09/xmldsig#hmac-sha1'),
      /method that is not accepted/,
    ],
    [
      'a transform that chooses',
      (xml) =>
        xml.replace(
          '<Transform ',
          '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"></Transform><Transform ',
        ),
      /transforms other/,
    ],
    ['no certificate', (xml) => xml.replace(/<X509Certificate>.*<\/X509Certificate>/, ''), /no certificate/],
    ['a signature value of nothing', (xml) => xml.replace(/<SignatureValue>[^<]*/, '<SignatureValue>'), /does not fit/],
    ['a document type', (xml) => `<!DOCTYPE a [<!ENTITY b "c">]>${xml}`, /not readable/],
    ['half of it', (xml) => xml.slice(0, xml.length / 2), /not readable/],
  ])('%s', async (_, change, refusal) => {
    const check = verifySignature.bind(null, Buffer.from(change(await signed())), {
      trust: await trusted(),
      now: clock.now(),
    });
    if (refusal === null) expect(localName(check().root)).toBe('SignedServiceMetadata');
    else {
      expect(check).toThrow(SignatureRefused);
      expect(check).toThrow(refusal);
    }
  });
});
