export { deliveryKinds, fetchFrom } from './delivery-tasks.ts';
export { deliveryRoutes } from './deliveries.routes.ts';
export { getDeliveryStatus } from './delivery-list.ts';
export { sendRound } from './send-round.ts';
export { watchMailboxes } from './watch-mailboxes.ts';
