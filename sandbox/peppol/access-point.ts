import { randomUUID } from 'node:crypto';
import { isSynthetic } from '../organizations.ts';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { ACCESS_POINT, documentType, type Kind, kindOf, PROCESS } from './identifiers.ts';

/** The access token that the stand-in requires. */
export const PEPPOL_TOKEN = 'sandbox-peppol';

interface Delivery {
  id: string;
  sender: string;
  receiver: string;
  kind: Kind;
  document: string;
  state: 'QUEUED' | 'SENT' | 'FAILED';
  reason: string | null;
}

interface Received {
  id: number;
  instanceId: string;
  receiver: string;
  sender: string;
  kind: Kind;
  document: string;
  isAcknowledged: boolean;
}

const PAGE = 50;

/**
 * An access point with an outbox and an inbox: it registers participants, sends each document once per delivery id, and
 * keeps received ones until they are acknowledged. Documents between two of its own participants stay within it.
 */
export function peppolAccessPoint({ act, journal }: StandInWorld): StandIn {
  const deliveries = new Map<string, Delivery>();
  const inbox: Received[] = [];
  let isHeld = false;
  let failing: { left: number; reason: string } = { left: 0, reason: '' };
  let rejecting: { left: number; rule: string } = { left: 0, rule: '' };

  function receive(document: string, { receiver, sender, kind, instanceId = randomUUID() }: Laid): string {
    inbox.push({ id: inbox.length + 1, instanceId, receiver, sender, kind, document, isAcknowledged: false });
    return instanceId;
  }

  async function carry(delivery: Delivery): Promise<void> {
    if (failing.left > 0) {
      failing.left--;
      Object.assign(delivery, { state: 'FAILED', reason: failing.reason });
      return;
    }
    const { receiver: participant, kind } = delivery;
    const point = await act('peppol_smp', 'accessPointOf', { participant, kind });
    if (point === null) Object.assign(delivery, { state: 'FAILED', reason: 'the receiver is not registered' });
    else {
      delivery.state = 'SENT';
      if (point === ACCESS_POINT) receive(delivery.document, delivery);
    }
    journal(`delivery ${delivery.id}: ${delivery.state}`);
  }

  async function send(id: string, { body }: StandInRequest): Promise<StandInAnswer> {
    const known = deliveries.get(id);
    if (known) return { status: 200, body: stateOf(known) };
    const given = JSON.parse(body) as Record<string, string>;
    const kind = kindOf(given['document_type'] ?? '');
    const document = Buffer.from(given['document'] ?? '', 'base64').toString('utf8');
    if (rejecting.left > 0) {
      rejecting.left--;
      return refused(`${rejecting.rule}: refused by the validation of the access point`);
    }
    const broken = kind === null || given['process'] !== PROCESS ? 'unknown document type' : brokenRule(kind, document);
    if (broken !== null) return refused(broken);
    const delivery: Delivery = {
      id,
      sender: given['sender']!,
      receiver: given['receiver']!,
      kind: kind!,
      document,
      state: 'QUEUED',
      reason: null,
    };
    deliveries.set(id, delivery);
    if (!isHeld) await carry(delivery);
    return { status: 200, body: stateOf(delivery) };
  }

  async function participant(number: string, { method, body }: StandInRequest): Promise<StandInAnswer> {
    if (!isSynthetic(number)) return method === 'GET' ? error(404) : refused('not a synthetic organisation');
    const mine = { organizationNumber: number, accessPoint: ACCESS_POINT };
    if (method === 'DELETE') {
      await act('peppol_smp', 'withdraw', mine);
      return { status: 204 };
    }
    if (method === 'GET') {
      const state = await act('peppol_smp', 'stateOf', mine);
      return state === 'NONE' ? error(404) : { status: 200, body: { state } };
    }
    const given = JSON.parse(body) as { document_types?: string[]; migration_key?: string };
    const types = given.document_types ?? [];
    if (!['Invoice', 'CreditNote'].every((kind) => types.includes(documentType(kind as Kind))))
      return refused('invoice and credit note are registered together');
    const state = await act('peppol_smp', 'publish', { ...mine, migrationKey: given.migration_key });
    return { status: state === 'TAKEN' ? 409 : 200, body: { state } };
  }

  async function answer(request: StandInRequest): Promise<StandInAnswer> {
    if (request.headers.authorization !== `Bearer ${PEPPOL_TOKEN}`) return error(401);
    const { method, path, query } = request;
    const [, kind, id = '', part] = /^\/(participants|deliveries|inbox)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(path) ?? [];
    if (kind === 'participants' && ['GET', 'PUT', 'DELETE'].includes(method))
      return participant(decodeURIComponent(id).replace('0192:', ''), request);
    if (kind === 'deliveries' && method === 'PUT') return send(id, request);
    if (kind === 'deliveries' && method === 'GET') {
      const found = deliveries.get(id);
      return found ? { status: 200, body: stateOf(found) } : error(404);
    }
    if (kind !== 'inbox') return error(404);
    if (method === 'GET' && id === '') {
      const after = Number(query.get('after') || 0);
      const waiting = inbox.filter((one) => !one.isAcknowledged && one.id > after).slice(0, PAGE);
      return { status: 200, body: { documents: waiting.map(listed) } };
    }
    const found = inbox.find((one) => String(one.id) === id);
    if (!found) return error(404);
    if (method === 'GET' && part === 'document')
      return { status: 200, headers: { 'content-type': 'application/xml' }, body: found.document };
    if (method === 'PUT' && part === 'acknowledgement') {
      found.isAcknowledged = true;
      return { status: 204 };
    }
    return error(404);
  }

  return {
    answer,
    error,
    actions: {
      reset() {
        deliveries.clear();
        inbox.length = 0;
        isHeld = false;
        failing = { left: 0, reason: '' };
        rejecting = { left: 0, rule: '' };
      },
      deliveries: () => [...deliveries.values()].map(({ document: _, ...rest }) => rest),
      inbox: () => inbox.map(({ document: _, ...rest }) => rest),
      hold: () => void (isHeld = true),
      async release() {
        isHeld = false;
        for (const delivery of deliveries.values()) if (delivery.state === 'QUEUED') await carry(delivery);
      },
      fail: ({ times, reason = 'AS4: EBMS:0301' }) =>
        void (failing = { left: Number(times ?? 1), reason: String(reason) }),
      reject: ({ times, rule = 'PEPPOL-EN16931-R003' }) =>
        void (rejecting = { left: Number(times ?? 1), rule: String(rule) }),
      /** The last document received, or the one with an instance id, arrives once more. */
      redeliver({ instanceId }) {
        const found = inbox.findLast((one) => instanceId === undefined || one.instanceId === instanceId);
        if (!found) throw new Error('nothing came');
        return receive(found.document, found);
      },
      /** A document from outside: `{"organizationNumber":"…","document":"<Invoice…","instanceId":"…"}`. */
      lay({ organizationNumber, document, instanceId, kind = 'Invoice' }) {
        const more = typeof instanceId === 'string' ? { instanceId } : {};
        const receiver = `0192:${String(organizationNumber)}`;
        return receive(String(document), { receiver, sender: '0192:310904473', kind: kind as Kind, ...more });
      },
    },
    help: {
      hold: { nb: 'Hold forsendelser tilbake', en: 'Hold deliveries back' },
      release: { nb: 'Lever det som holdes tilbake', en: 'Deliver what is held back' },
      fail: {
        nb: 'La de neste leveringene mislykkes hos mottakeren',
        en: 'Let the next deliveries fail at the receiver',
        example: { times: 1, reason: 'AS4: EBMS:0301' },
      },
      reject: {
        nb: 'Avvis de neste dokumentene etter en regel',
        en: 'Refuse the next documents by a rule',
        example: { times: 1, rule: 'PEPPOL-EN16931-R003' },
      },
      redeliver: {
        nb: 'Lever det siste om igjen, med samme instans-id',
        en: 'Deliver the last one again, under the same instance id',
      },
      deliveries: { nb: 'Vis det som er sendt', en: 'Show what was sent' },
      inbox: { nb: 'Vis innboksen', en: 'Show the inbox' },
    },
  };
}

interface Laid {
  receiver: string;
  sender: string;
  kind: Kind;
  instanceId?: string;
}

const error = (status: number): StandInAnswer => ({ status, body: { error: `status ${status}` } });
const refused = (reason: string): StandInAnswer => ({ status: 422, body: { reason } });

function stateOf({ id, state, reason }: Delivery) {
  return { id: `ap-${id}`, state, reason };
}

function listed({ id, instanceId, receiver, sender, kind }: Received) {
  return { id: String(id), instance_id: instanceId, receiver, sender, document_type: documentType(kind) };
}

/** A few of the rules by which a network refuses a document. */
function brokenRule(kind: Kind, document: string): string | null {
  const partOf = (party: string) => document.split(`<cac:${party}>`)[1]?.split(`</cac:${party}>`)[0] ?? '';
  const hasEndpoint = (party: string) => /<cbc:EndpointID schemeID="\d{4}">/.test(partOf(party));
  const billing = 'urn:fdc:peppol.eu:2017:poacc:billing';
  const rules: [boolean, string][] = [
    [new RegExp(`<(\\w{1,20}:)?${kind}[\\s>]`).test(document), 'the root is not of the document type'],
    [
      document.includes(`urn:cen.eu:en16931:2017#compliant#${billing}:3.0</cbc:CustomizationID>`),
      'PEPPOL-EN16931-R004',
    ],
    [document.includes(`<cbc:ProfileID>${billing}:01:1.0<`), 'PEPPOL-EN16931-R001'],
    [hasEndpoint('AccountingSupplierParty'), 'PEPPOL-EN16931-R020'],
    [hasEndpoint('AccountingCustomerParty'), 'PEPPOL-EN16931-R010'],
  ];
  return rules.find(([holds]) => !holds)?.[1] ?? null;
}
