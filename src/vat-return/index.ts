export { vatReturnRoutes } from './vat-return.routes.ts';
