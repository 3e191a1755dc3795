export { clientAccountsWithNewEvents, orderEvents } from './event-order.ts';
export { eventRoutes } from './events.routes.ts';
