import type { Route } from '../platform/http/route.ts';
import { agedRoutes } from './aged/aged-report.ts';
import { inTrayRoutes } from './inbox/in-tray.routes.ts';
import { receivedInvoiceRoutes } from './inbox/received-invoices.routes.ts';
import { invoiceSettingsRoutes } from './invoices.routes.ts';
import { recurringRoutes } from './recurring/recurring-invoices.routes.ts';
import { reminderRoutes } from './reminders/reminders.routes.ts';
import { responseRoutes } from './responses/responses.routes.ts';
import { sendingRoutes } from './send/sending.routes.ts';

export { ehfThreadErrors } from './ehf-work/errors.ts';
export { approveInvoice } from './inbox/approve-invoice.ts';
export { getInTray, type InTrayOwner, inTrayOwners, type InTrayView, renewInTrayAddress } from './inbox/in-tray.ts';
export { type PrepareInput, prepareInvoice, rejectInvoice } from './inbox/prepare-invoice.ts';
export type { ReceivedInvoiceView } from './inbox/received-invoice.ts';
export { getReceivedInvoice, listReceivedInvoices } from './inbox/received-invoice-list.ts';
export { receiveInvoice } from './inbox/receive-invoice.ts';
export type {
  ClaimWay,
  ConsumerChannels,
  ConsumerWays,
  Presented,
  PresentedDocument,
  WantedClaim,
} from './send/consumer-channels.ts';
export { clientAccountsWithResponsesDue, followResponses } from './responses/hand-over.ts';
export { receiveResponse } from './responses/receive-response.ts';
export { clientAccountsWithDeliveriesDue, followDeliveries } from './send/delivery-schedule.ts';
export { type DeliveryView, listDeliveries } from './send/delivery.ts';
export { sendInvoice } from './send/send-invoice.ts';
export { RecurringSchedule } from './recurring/recurring-schedule.ts';
export { printableAgedPayables, printableAgedReceivables } from './aged/aged-report.ts';

export const invoiceRoutes: Route[] = [
  ...invoiceSettingsRoutes,
  ...receivedInvoiceRoutes,
  ...inTrayRoutes,
  ...sendingRoutes,
  ...responseRoutes,
  ...recurringRoutes,
  ...reminderRoutes,
  ...agedRoutes,
];
