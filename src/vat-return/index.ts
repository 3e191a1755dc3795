export { createSettlement } from './settlement-create.ts';
export { vatReturnRoutes } from './vat-return.routes.ts';
