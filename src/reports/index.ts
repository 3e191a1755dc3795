import type { Route } from '../platform/http/route.ts';
import { trialBalanceRoutes } from './trial-balance.routes.ts';

export const reportRoutes: Route[] = [...trialBalanceRoutes];
