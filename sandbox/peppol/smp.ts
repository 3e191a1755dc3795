import { randomBytes } from 'node:crypto';
import { isSynthetic } from '../organizations.ts';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { Failing, Silent, startDns } from './dns-server.ts';
import { documentType, type Kind, KINDS, labelsOf, OTHER_ACCESS_POINT, SMP_NAME, ZONE } from './identifiers.ts';
import { Publisher, redirectTo, serviceGroup, serviceInformation, type Signing, SIGNINGS } from './metadata.ts';

interface Participant {
  accessPoint: string;
  kinds: readonly Kind[];
  /** Published in DNS and here. */
  isPublished: boolean;
  /** Another provider takes over the participant with this key. */
  migrationKey: string | null;
  /** Redirected to the SMP under /other, which redirects again if `twice`. */
  redirect: 'once' | 'twice' | 'stranger' | null;
}

/** Registered through another provider at the start; the second one accepts no credit notes. */
const ELSEWHERE = '310904473';
const INVOICES_ONLY = '311012940';
const DNS_MODES = ['answers', 'silent', 'fails'] as const;

/**
 * The registers of the Peppol network: a DNS server with the zone `peppol.sandbox`, and an SMP that signs its metadata. The
 * access point registers with it by the actions `publish` and `withdraw`.
 */
export async function peppolSmp({ clock, address, journal }: StandInWorld): Promise<StandIn> {
  const participants = new Map<string, Participant>();
  const publisher = new Publisher(() => clock.now());
  let isHeld = false;
  let dnsMode: (typeof DNS_MODES)[number] = 'answers';
  let expiredPoint: string | null = null;

  const dns = await startDns({
    smpOf(name) {
      if (dnsMode === 'silent') throw new Silent();
      if (dnsMode === 'fails') throw new Failing();
      const [found] = [...participants].filter(
        ([participant, { isPublished }]) =>
          isPublished && labelsOf(participant).some((label) => name === `${label}.iso6523-actorid-upis.${ZONE}`),
      );
      return found ? address : null;
    },
  });

  function begin(): void {
    participants.clear();
    publisher.signing = 'right';
    isHeld = false;
    dnsMode = 'answers';
    expiredPoint = null;
    const other = { accessPoint: OTHER_ACCESS_POINT, isPublished: true, migrationKey: null, redirect: null };
    participants.set(`0192:${ELSEWHERE}`, { ...other, kinds: KINDS });
    participants.set(`0192:${INVOICES_ONLY}`, { ...other, kinds: ['Invoice'] });
  }
  begin();

  const participantOf = ({ organizationNumber }: Record<string, unknown>) => {
    const number = String(organizationNumber);
    if (!isSynthetic(number)) throw new Error('organizationNumber: a synthetic one expected');
    return `0192:${number}`;
  };
  const known = (input: Record<string, unknown>) => {
    const found = participants.get(participantOf(input));
    if (!found) throw new Error('not registered');
    return found;
  };

  function answer({ method, path }: StandInRequest): StandInAnswer {
    const [, base = '', owner, rest] = /^(\/other)?\/([^/]+)(?:\/services\/(.+))?$/.exec(path) ?? [];
    const [scheme, participant] = decodeURIComponent(owner ?? '').split('::');
    const found = scheme === 'iso6523-actorid-upis' ? participants.get(participant ?? '') : undefined;
    if (method !== 'GET' || !participant || !found?.isPublished) return { status: 404, body: 'not found' };
    if (rest === undefined) return xml(serviceGroup(participant, address + base, found.kinds));
    const asked = decodeURIComponent(rest);
    const kind = found.kinds.find((one) => asked === `busdox-docid-qns::${documentType(one)}`);
    if (!kind) return { status: 404, body: 'not found' };
    if (found.redirect !== null && (base === '' || found.redirect === 'twice')) {
      const uid = found.redirect === 'stranger' ? 'CN=SMP999999,O=Sandbox,C=NO' : `CN=${SMP_NAME},O=Sandbox,C=NO`;
      return xml(publisher.signed(redirectTo(`${address}/other${path.replace('/other', '')}`, uid)));
    }
    const certificate = publisher.accessPointCertificate(found.accessPoint, found.accessPoint === expiredPoint);
    return xml(publisher.signed(serviceInformation(participant, kind, found.accessPoint, certificate)));
  }

  return {
    answer,
    error: (status) => ({ status, headers: { 'content-type': 'text/plain' }, body: `status ${status}` }),
    stop: () => dns.stop(),
    actions: {
      describe: () => ({ dns: `127.0.0.1:${dns.port}`, zone: ZONE, issuer: publisher.issuerPem }),
      reset: begin,
      rotate: () => publisher.rotate(),
      sign({ how }) {
        const found = SIGNINGS.find((one): one is Signing => one === how);
        if (!found) throw new Error(`how: one of ${SIGNINGS.join(', ')}`);
        publisher.signing = found;
      },
      hold: () => void (isHeld = true),
      release() {
        isHeld = false;
        for (const one of participants.values()) one.isPublished = true;
      },
      dns({ mode }) {
        const found = DNS_MODES.find((one) => one === mode);
        if (!found) throw new Error(`mode: one of ${DNS_MODES.join(', ')}`);
        dnsMode = found;
      },
      expireAccessPoint: ({ accessPoint = OTHER_ACCESS_POINT }) => void (expiredPoint = String(accessPoint)),
      /** Through the other provider. */
      elsewhere(input) {
        const kinds: readonly Kind[] = input['creditNote'] === false ? ['Invoice'] : KINDS;
        const other = { accessPoint: OTHER_ACCESS_POINT, isPublished: true, migrationKey: null, redirect: null };
        participants.set(participantOf(input), { ...other, kinds });
      },
      withoutCreditNote: (input) => void (known(input).kinds = ['Invoice']),
      forget: (input) => void participants.delete(participantOf(input)),
      redirect(input) {
        const how = input['how'] ?? 'once';
        known(input).redirect = how === 'twice' || how === 'stranger' ? how : 'once';
      },
      migrationKey: (input) => (known(input).migrationKey = randomBytes(12).toString('base64url')),
      /** Of the access point: `REGISTERED`, `PENDING` or `TAKEN`. */
      publish(input) {
        const participant = participantOf(input);
        const before = participants.get(participant);
        const accessPoint = String(input['accessPoint']);
        const isOthers = before !== undefined && before.accessPoint !== accessPoint;
        if (isOthers && (before.migrationKey === null || before.migrationKey !== input['migrationKey'])) return 'TAKEN';
        const isPublished = before && !isOthers ? before.isPublished : !isHeld;
        participants.set(participant, { accessPoint, kinds: KINDS, isPublished, migrationKey: null, redirect: null });
        journal(`${accessPoint} registered an organisation`);
        return isPublished ? 'REGISTERED' : 'PENDING';
      },
      withdraw(input) {
        const participant = participantOf(input);
        if (participants.get(participant)?.accessPoint === input['accessPoint']) participants.delete(participant);
      },
      /** `NONE`, or its state for this access point. */
      stateOf(input) {
        const found = participants.get(participantOf(input));
        if (!found) return 'NONE';
        if (found.accessPoint !== input['accessPoint']) return 'TAKEN';
        return found.isPublished ? 'REGISTERED' : 'PENDING';
      },
      /** The access point that receives a document of a participant; null if there is none. */
      accessPointOf({ participant, kind }) {
        const found = participants.get(String(participant));
        return found?.isPublished && found.kinds.some((one) => one === kind) ? found.accessPoint : null;
      },
    },
    help: {
      rotate: { nb: 'Bytt nøkkelen som metadata signeres med', en: 'Replace the key that metadata are signed with' },
      sign: {
        nb: 'Signer metadata riktig (right), med utløpt sertifikat (expired), forfalsket (forged) eller av en fremmed (stranger)',
        en: 'Sign metadata right, with an expired certificate, forged, or by a stranger',
        example: { how: 'expired' },
      },
      hold: { nb: 'Hold nye registreringer tilbake', en: 'Hold new registrations back' },
      release: { nb: 'Publiser registreringene som holdes tilbake', en: 'Publish the registrations held back' },
      dns: {
        nb: 'DNS svarer (answers), tier (silent) eller feiler (fails)',
        en: 'DNS answers, is silent, or fails',
        example: { mode: 'silent' },
      },
      expireAccessPoint: {
        nb: 'La sertifikatet til et aksesspunkt utløpe',
        en: 'Let the certificate of an access point expire',
        example: { accessPoint: OTHER_ACCESS_POINT },
      },
      elsewhere: {
        nb: 'Registrer en virksomhet hos en annen leverandør',
        en: 'Register an organisation with another provider',
        example: { organizationNumber: ELSEWHERE },
      },
      withoutCreditNote: {
        nb: 'Fjern kreditnota fra det en virksomhet kan motta',
        en: 'Take the credit note from what an organisation receives',
        example: { organizationNumber: ELSEWHERE },
      },
      forget: {
        nb: 'Fjern en virksomhet fra nettverket',
        en: 'Remove an organisation from the network',
        example: { organizationNumber: ELSEWHERE },
      },
      redirect: {
        nb: 'Vis videre til en annen SMP: én gang (once), to (twice) eller til en fremmed (stranger)',
        en: 'Lead on to another SMP: once, twice, or to a stranger',
        example: { organizationNumber: ELSEWHERE, how: 'once' },
      },
      migrationKey: {
        nb: 'La den andre leverandøren gi ut en flyttenøkkel',
        en: 'Let the other provider hand out a migration key',
        example: { organizationNumber: ELSEWHERE },
      },
    },
  };
}

function xml(body: string): StandInAnswer {
  return { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body };
}
