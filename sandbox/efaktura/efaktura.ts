import { isSynthetic } from '../organizations.ts';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { type Consumer, consumers } from './consumers.ts';

/** The access token that the stand-in requires. */
export const EFAKTURA_TOKEN = 'sandbox-efaktura';
/** An organisation that has its agreement through another provider. */
const ELSEWHERE = '310904473';

interface Issuer {
  state: 'PENDING' | 'CONFIRMED' | 'REJECTED';
  orderedAt: number;
}

/**
 * The service provider that reaches the operator of eFaktura: issuers, orders, consumers, invitations. An order is confirmed
 * at once unless `hold` says otherwise; `release` and `refuse` end the waiting.
 */
export function efaktura({ clock, journal }: StandInWorld): StandIn {
  const issuers = new Map<string, Issuer>();
  const orders = new Map<string, string>();
  const invited = new Set<string>();
  const known = consumers();
  const invoices = new Map<string, ShownInvoice>();
  let held = false;
  /** The outcome of invoices from now on. */
  let verdict: { state: string; reason?: string } = { state: 'ACCEPTED' };

  const routes: [RegExp, (request: StandInRequest, parts: string[]) => StandInAnswer][] = [
    [
      /^GET \/issuers\/(\d{9})$/,
      (_request, [number]) => {
        if (!isSynthetic(number!)) return { status: 200, body: { state: 'FAULT' } };
        if (number === ELSEWHERE) return { status: 200, body: { state: 'RESERVED' } };
        return { status: 200, body: { state: issuers.get(number!)?.state === 'CONFIRMED' ? 'ACTIVE' : 'FREE' } };
      },
    ],
    [
      /^PUT \/issuer-orders\/([^/]+)$/,
      ({ body }, [reference]) => {
        const { organization_number: number } = JSON.parse(body) as { organization_number: string };
        if (!orders.has(reference!)) {
          orders.set(reference!, number);
          issuers.set(number, { state: held ? 'PENDING' : 'CONFIRMED', orderedAt: clock.now().getTime() });
          journal(`issuer order ${reference}`);
        }
        return { status: 200, body: { state: issuers.get(number)?.state ?? 'REJECTED' } };
      },
    ],
    [
      /^DELETE \/issuers\/(\d{9})$/,
      (_request, [number]) => {
        issuers.delete(number!);
        return { status: 204 };
      },
    ],
    [
      /^PUT \/issuers\/(\d{9})\/invitations\/([^/]+)$/,
      (_request, [number, id]) => {
        invited.add(`${number} ${id}`);
        return { status: 204 };
      },
    ],
    [
      /^PUT \/issuers\/(\d{9})\/invoices\/([^/]+)$/,
      ({ body }, [issuer, id]) => {
        const key = `${issuer} ${id}`;
        const shown = invoices.get(key) ?? shownInvoice(known, { id: id!, issuer: issuer!, body }, verdict);
        if (!invoices.has(key)) journal(`invoice ${id} ${shown.state}`);
        invoices.set(key, shown);
        return { status: 200, body: { id: `ef-${id}`, state: shown.state, reason: shown.reason } };
      },
    ],
    [
      /^POST \/lookups$/,
      ({ body }) => {
        const { issuer, keys } = JSON.parse(body) as { issuer: string; keys: LookupKey[] };
        return { status: 200, body: { receivers: keys.slice(0, 100).map((key) => receiver(known, issuer, key)) } };
      },
    ],
  ];
  return {
    answer(request) {
      if (request.headers.authorization !== `Bearer ${EFAKTURA_TOKEN}`)
        return { status: 401, body: { error: 'unauthorized' } };
      const asked = `${request.method} ${request.path}`;
      for (const [pattern, serve] of routes) {
        const found = pattern.exec(asked);
        if (found) return serve(request, found.slice(1));
      }
      return { status: 404, body: { error: 'not found' } };
    },
    error: (status) => ({ status, body: { error: `status ${status}` } }),
    actions: {
      hold: () => void (held = true),
      release() {
        held = false;
        for (const issuer of issuers.values()) if (issuer.state === 'PENDING') issuer.state = 'CONFIRMED';
      },
      refuse() {
        for (const issuer of issuers.values()) if (issuer.state === 'PENDING') issuer.state = 'REJECTED';
      },
      consumers: () => known,
      invoices: () => [...invoices.values()],
      /** `{"state":"REJECTED","reason":"…"}`: of invoices from now on; `IN_PROGRESS` until `decide`. */
      judge({ state, reason }) {
        verdict = { state: String(state), ...(typeof reason === 'string' ? { reason } : {}) };
      },
      decide({ state, reason }) {
        for (const invoice of invoices.values())
          if (invoice.state === 'IN_PROGRESS')
            Object.assign(invoice, { state: String(state), reason: typeof reason === 'string' ? reason : null });
      },
      invited: () => [...invited],
      /** Changes a consumer's settings: `{"phone":"+47…","autoAccept":false}`. */
      consumer({ phone, autoAccept, agreed, blocked }) {
        const one = known.find((each) => each.phone === phone);
        if (!one) throw new Error('no consumer has this phone');
        if (typeof autoAccept === 'boolean') one.autoAccept = autoAccept;
        if (Array.isArray(agreed)) one.agreed = agreed.map(String);
        if (Array.isArray(blocked)) one.blocked = blocked.map(String);
        return one;
      },
    },
  };
}

interface ShownInvoice {
  id: string;
  issuer: string;
  identifier: string;
  paymentType: string;
  number: string;
  amount: string;
  kid: string | null;
  pdfBytes: number;
  state: string;
  reason: string | null;
}

/** Refused if the consumer would not accept it; otherwise as configured. */
function shownInvoice(
  known: readonly Consumer[],
  { id, issuer, body }: { id: string; issuer: string; body: string },
  verdict: { state: string; reason?: string },
): ShownInvoice {
  const given = JSON.parse(body) as Record<string, string | null>;
  const consumer = known.find(({ identifier }) => identifier === given['efaktura_identifier']);
  const isBlocked = consumer && (consumer.blocked.includes('*') || consumer.blocked.includes(issuer));
  const judged = !consumer || isBlocked ? { state: 'REJECTED', reason: 'RECEIVER_NOT_AVAILABLE' } : verdict;
  return {
    id,
    issuer,
    identifier: given['efaktura_identifier'] ?? '',
    paymentType: given['payment_type'] ?? '',
    number: given['document_number'] ?? '',
    amount: given['amount'] ?? '',
    kid: given['kid'] ?? null,
    pdfBytes: Buffer.from(given['pdf'] ?? '', 'base64').length,
    state: judged.state,
    reason: judged.reason ?? null,
  };
}

interface LookupKey {
  id: string;
  efaktura_identifier?: string;
  phone?: string;
  email?: string;
  name?: string;
}

/** As the operator's getEfakturaIdentifiers answers, as far as the keys that we send. */
function receiver(known: readonly Consumer[], issuer: string, key: LookupKey) {
  const { id } = key;
  if (!key.efaktura_identifier && !key.phone && !key.email) return { id, result: 'LOOKUP_KEY_MISSING_DATA' };
  const found = known.filter(
    (one) =>
      one.identifier === key.efaktura_identifier ||
      (one.phone === key.phone && (!key.email || one.email === key.email)) ||
      (!key.phone && one.email === key.email),
  );
  if (found.length === 0) return { id, result: 'RECEIVER_NOT_FOUND' };
  if (found.length > 1) return { id, result: 'MULTIPLE_RECEIVERS' };
  const one = found[0]!;
  return {
    id,
    result: 'UNIQUE_RECEIVER_FOUND',
    efaktura_identifier: one.identifier,
    auto_accept: one.autoAccept,
    has_agreement: one.agreed.includes(issuer),
    blocked: one.blocked.includes('*') || one.blocked.includes(issuer),
  };
}
