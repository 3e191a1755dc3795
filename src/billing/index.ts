export { addAddOn, removeAddOn } from './add-on.ts';
export { billingRoutes } from './billing.routes.ts';
