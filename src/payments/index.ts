export { approvePaymentOrder } from './orders/payment-order-approve.ts';
export { createPaymentOrder } from './orders/payment-order-create.ts';
export {
  getPaymentOrder,
  listPayable,
  listPaymentEvents,
  listPaymentOrders,
  listPayments,
} from './orders/payment-order-list.ts';
export { getPaymentDesk, type PaymentDesk } from './payment-desk.ts';
export { cancelPaymentOrder } from './orders/payment-order-cancel.ts';
export { followPayments, livePaymentsAmong, paymentsUnderWay } from './payment-follow.ts';
export {
  beginSending,
  endSending,
  ordersToSend,
  type SendOutcome,
  type WaitingOrder,
} from './orders/payment-order-send.ts';
export type { OrderView, PaymentView } from './orders/payment-order.ts';
export { getPaymentFile } from './orders/payment-order-message.ts';
export { paymentRoutes } from './orders/payment-orders.routes.ts';
export { readStatusReport, StatusReportFault } from './pain002.ts';
export { takeStatusReport } from './status-report-take.ts';
