import type { Route } from '../platform/http/route.ts';
import { receivedInvoiceRoutes } from './inbox/received-invoices.routes.ts';
import { invoiceSettingsRoutes } from './invoices.routes.ts';

export const invoiceRoutes: Route[] = [...invoiceSettingsRoutes, ...receivedInvoiceRoutes];
