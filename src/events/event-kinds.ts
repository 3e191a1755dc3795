import { isoSeconds } from '../kernel/clock.ts';

/** The resources of events, and what can happen to each: `document.final`. The database's triggers write these. */
const HAPPENINGS = {
  issuer_agreement: ['ordered', 'confirmed', 'disabled', 'expired', 'rejected'],
  consumer_agreement: ['created', 'new', 'request_sent', 'accepted', 'active', 'rejected', 'deleted', 'error'],
  mandates: ['changed'],
  avtalegiro_claim: ['created', 'waiting', 'in_file', 'sent', 'stopping', 'stopped', 'missed', 'unpaid', 'paid'],
  document: ['created', 'final', 'cancelled', 'sent', 'sending_failed', 'paid', 'partly_paid', 'payment_undone'],
  reminder: ['created', 'sent', 'undone'],
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

/** All kinds, sorted. */
export const EVENT_KINDS: readonly string[] = Object.entries(HAPPENINGS)
  .flatMap(([resource, happenings]) => happenings.map((happening) => `${resource}.${happening}`))
  .sort();

/** `document.*` means every kind of document events, `*` every kind. Undefined for an unknown kind. */
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

/** Resources without their own address are read from the list of the client account (`own`). */
const LINKS: Record<EventResource, (own: string, id: string, at: Date) => string> = {
  issuer_agreement: (own) => `consumer-invoicing/issuer-agreement?${own}`,
  consumer_agreement: (own, id) => `consumer-invoicing/consumers?${own}&id=${id}`,
  mandates: (own, _id, at) =>
    `consumer-invoicing/avtalegiro/mandates?${own}&changed_since=${isoSeconds(minuteBefore(at))}`,
  avtalegiro_claim: (own, id) => `consumer-invoicing/avtalegiro/claims/${id}?${own}`,
  document: (_own, id) => `documents/${id}`,
  reminder: (_own, id) => `reminders/${id}`,
  received_invoice: (_own, id) => `received-invoices/${id}`,
  payment_order: (_own, id) => `payment-orders/${id}`,
  bank_transaction: (_own, id) => `bank-transactions/${id}`,
  bank_import: (own) => `bank-transactions?${own}`,
  bank_reconciliation: (own) => `banking/reconciliations?${own}`,
  journal_entry: (_own, id) => `journal-entries/${id}`,
  job: (_own, id) => `jobs/${id}`,
  vat_settlement: (_own, id) => `vat-return/settlements/${id}`,
  vat_return: (_own, id) => `vat-return/submissions/${id}`,
  system_user: (_own, id) => `integrations/altinn/system-users/${id}`,
};

/** The link to the resource of an event, below the installation's address. */
export function linkTo(clientAccountId: number, event: { kind: string; resource_id: string; at: Date }): string {
  const link = LINKS[resourceOf(event.kind)](`client_account_id=${clientAccountId}`, event.resource_id, event.at);
  return `/api/v2/${link}`;
}

/** The mandates of a file have the time of the node that imported it; the event has that of the database. */
function minuteBefore(time: Date): Date {
  return new Date(time.getTime() - 60_000);
}
