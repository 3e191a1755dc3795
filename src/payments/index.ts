export { approvePaymentOrder } from './payment-order-approve.ts';
export { createPaymentOrder } from './payment-order-create.ts';
export {
  getPaymentOrder,
  listPayable,
  listPaymentEvents,
  listPaymentOrders,
  listPayments,
} from './payment-order-list.ts';
export { getPaymentDesk, type PaymentDesk } from './payment-desk.ts';
export { cancelPaymentOrder } from './payment-order-cancel.ts';
export { followPayments, paymentsUnderWay } from './payment-follow.ts';
export { beginSending, endSending, ordersToSend, type SendOutcome, type WaitingOrder } from './payment-order-send.ts';
export type { OrderView, PaymentView } from './payment-order.ts';
export { getPaymentFile } from './payment-order-message.ts';
export { paymentRoutes } from './payment-orders.routes.ts';
export { readStatusReport, StatusReportFault } from './pain002.ts';
export { takeStatusReport } from './status-report-take.ts';
