import { isoSeconds } from '../kernel/clock.ts';

/** What an event can be about, and what can have happened to it: `document.final`. The database's triggers write these. */
const HAPPENINGS = {
  issuer_agreement: ['ordered', 'confirmed', 'disabled', 'expired', 'rejected'],
  consumer_agreement: ['created', 'new', 'request_sent', 'accepted', 'active', 'rejected', 'deleted', 'error'],
  mandates: ['changed'],
  document: ['created', 'final', 'cancelled', 'sent', 'sending_failed', 'paid', 'partly_paid', 'payment_undone'],
  received_invoice: ['created', 'new', 'manual', 'duplicate', 'prepared', 'approved', 'rejected'],
  payment_order: [
    'created',
    'prepared',
    'approved',
    'sent',
    'received',
    'waiting',
    'accepted',
    'partly_rejected',
    'rejected',
    'settled',
    'cancelled',
  ],
  bank_transaction: ['created', 'reconciled', 'reopened'],
  bank_import: ['created'],
  bank_reconciliation: ['signed', 'reopened'],
  journal_entry: ['posted', 'cancelled'],
  job: ['succeeded', 'failed'],
  vat_settlement: ['created'],
  vat_return: ['created', 'sending', 'sent', 'accepted', 'rejected', 'lost'],
  system_user: ['requested', 'new', 'pending', 'active', 'rejected', 'denied', 'timedout', 'deleted'],
} as const;

export type EventResource = keyof typeof HAPPENINGS;

/** Every kind there is, sorted. */
export const EVENT_KINDS: readonly string[] = Object.entries(HAPPENINGS)
  .flatMap(([resource, happenings]) => happenings.map((happening) => `${resource}.${happening}`))
  .sort();

/** `document.*` is every kind of document events, `*` every kind. Undefined for what is no kind and names none. */
export function kindsOf(asked: string): readonly string[] | undefined {
  if (EVENT_KINDS.includes(asked)) return [asked];
  if (asked === '*') return EVENT_KINDS;
  if (!asked.endsWith('.*')) return undefined;
  const found = EVENT_KINDS.filter((kind) => kind.startsWith(asked.slice(0, -1)));
  return found.length > 0 ? found : undefined;
}

export function resourceOf(kind: string): EventResource {
  return kind.slice(0, kind.indexOf('.')) as EventResource;
}

/** Where the resource of an event is read, below the installation's address. */
export function linkTo(clientAccountId: number, event: { kind: string; resource_id: string; at: Date }): string {
  const { resource_id: id } = event;
  const own = `client_account_id=${clientAccountId}`;
  switch (resourceOf(event.kind)) {
    case 'issuer_agreement':
      return `/api/v2/consumer-invoicing/issuer-agreement?${own}`;
    case 'consumer_agreement':
      return `/api/v2/consumer-invoicing/consumers?${own}&id=${id}`;
    case 'mandates':
      return `/api/v2/consumer-invoicing/avtalegiro/mandates?${own}&changed_since=${isoSeconds(minuteBefore(event.at))}`;
    case 'document':
      return `/api/v2/documents/${id}`;
    case 'received_invoice':
      return `/api/v2/received-invoices/${id}`;
    case 'payment_order':
      return `/api/v2/payment-orders/${id}`;
    case 'bank_transaction':
      return `/api/v2/bank-transactions/${id}`;
    case 'bank_import':
      return `/api/v2/bank-transactions?${own}`;
    case 'bank_reconciliation':
      return `/api/v2/banking/reconciliations?${own}`;
    case 'journal_entry':
      return `/api/v2/journal-entries/${id}`;
    case 'job':
      return `/api/v2/jobs/${id}`;
    case 'vat_settlement':
      return `/api/v2/vat-return/settlements/${id}`;
    case 'vat_return':
      return `/api/v2/vat-return/submissions/${id}`;
    case 'system_user':
      return `/api/v2/integrations/altinn/system-users/${id}`;
  }
}

/** The mandates of a file carry the time of the node that took it in; the event that of the database. */
function minuteBefore(time: Date): Date {
  return new Date(time.getTime() - 60_000);
}
