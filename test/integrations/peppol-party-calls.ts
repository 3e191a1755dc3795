import type { Sandbox } from '../../sandbox/sandbox.ts';
import { peppolApi, trader, type Trader } from '../support/outside/peppol.ts';
import type { MovingClock } from '../support/outside/sandbox.ts';
import { peppolInboxRound } from '../../src/integrations/peppol/peppol-inbox.ts';
import type { FaultAnswer, FaultCall } from './faults.ts';

const ACCESS_POINT = 'Peppol access point';
/** Registered with another access point from the start. */
const RECEIVER = '310904473';

/** Our calls to the registers of Peppol and to the access point. */
export async function peppolPartyCalls(sandbox: Sandbox, clock: MovingClock): Promise<FaultCall[]> {
  const patient = await peppolApi(sandbox, clock);
  const hasty = await peppolApi(sandbox, clock, { timeoutMs: 300 });
  const first = await trader(patient, clock);
  const customer = await first.customer(RECEIVER, 'kunde@example.no');
  const { clientAccountId, token } = first.books;
  const ask = (isSlow: boolean, method: string, path: string, body: object) =>
    (isSlow ? hasty : patient).api(method, path, token, body);
  const switched = (isActive: boolean) => (isSlow: boolean) =>
    ask(isSlow, 'PATCH', `/integrations/peppol/status?client_account_id=${clientAccountId}`, { is_active: isActive });
  let invoice = 0;
  const sent = (body: object) => (isSlow: boolean) => ask(isSlow, 'POST', `/documents/${invoice}/send`, body);
  const registering = {
    healthy: 200,
    prepare: () => turned(first, false),
    ask: switched(true),
    outcomeOf,
    whole: '200 active, connected',
  };
  const sending = {
    healthy: 200,
    prepare: async () => {
      await turned(first, true);
      invoice = await first.invoice(customer);
    },
    ask: sent({}),
    outcomeOf,
    whole: '200 PEPPOL SENT',
  };
  // One answers the invoice that the other has received.
  hasty.platform.files = patient.platform.files;
  const supplier = await trader(patient, clock);
  await turned(supplier, true);
  const buyer = await supplier.customer(first.number);
  let received = 0;
  const answering = {
    healthy: 200,
    prepare: async () => {
      await turned(first, true);
      await supplier.send(await supplier.invoice(buyer), { channel: 'PEPPOL' });
      await peppolInboxRound(patient.platform, new AbortController().signal);
      const { body } = await first.call('GET', `/received-invoices?client_account_id=${clientAccountId}&per_page=1`);
      received = body.data[0].id;
    },
    ask: (isSlow: boolean) => ask(isSlow, 'POST', `/received-invoices/${received}/responses`, { status_code: 'AB' }),
    outcomeOf,
    whole: '200 AB SENT',
  };
  return [
    {
      ...registering,
      party: 'peppol_access_point',
      service: ACCESS_POINT,
      name: 'registration (PATCH /integrations/peppol/status)',
      path: '^/participants/',
      failed: /^50[234] outbound\.\w+$|^400 peppol\.(taken_elsewhere|refused)$/,
    },
    {
      ...registering,
      party: 'peppol_smp',
      service: 'Peppol SMP',
      name: 'what the network shows, looked up after the registration (the same)',
      path: '.',
      failed: /^200 active, not connected$/,
    },
    {
      healthy: 200,
      party: 'peppol_access_point',
      service: ACCESS_POINT,
      name: 'the end of a registration, done later where it cannot be told (PATCH /integrations/peppol/status)',
      path: '^/participants/',
      prepare: () => turned(first, true),
      ask: switched(false),
      outcomeOf,
      whole: '200 not active, not connected',
      failed: /^200 not active, connected$/,
    },
    {
      ...sending,
      party: 'peppol_access_point',
      service: ACCESS_POINT,
      name: 'a document, queued where nobody can tell what became of it (POST /documents/{id}/send)',
      path: '^/deliveries/',
      failed: /^200 PEPPOL QUEUED$/,
    },
    {
      ...sending,
      party: 'peppol_smp',
      service: 'Peppol SMP',
      name: 'the receiver looked up; by e-mail where the network does not tell (the same)',
      path: '.',
      failed: /^200 EMAIL QUEUED$/,
    },
    {
      ...answering,
      party: 'peppol_access_point',
      service: ACCESS_POINT,
      name: 'an answer to an invoice, queued where nobody can tell (POST /received-invoices/{id}/responses)',
      path: '^/deliveries/',
      failed: /^200 AB QUEUED$/,
    },
    {
      ...answering,
      party: 'peppol_smp',
      service: 'Peppol SMP',
      name: 'whether the supplier takes answers (the same)',
      path: '.',
      failed: /^503 invoice_responses\.cannot_tell$|^409 invoice_responses\.not_registered$/,
    },
  ];
}

/** Not under a fault: nothing else would be ready for the next one. */
async function turned(one: Trader, isActive: boolean): Promise<void> {
  const { status } = await one.turn(isActive);
  if (status !== 200) throw new Error(`Peppol could not be switched: ${status}`);
}

interface Outcome {
  is_active?: boolean;
  connected?: boolean;
  channel?: string;
  status_code?: string;
  status?: string;
  details?: { code: string };
}

function outcomeOf({ status, body }: FaultAnswer): string {
  const { is_active: isActive, connected, channel, status_code: code, status: state, details } = body as Outcome;
  if (details) return `${status} ${details.code}`;
  if (code) return `${status} ${code} ${state}`;
  if (channel) return `${status} ${channel} ${state}`;
  return `${status} ${isActive ? '' : 'not '}active, ${connected ? '' : 'not '}connected`;
}
