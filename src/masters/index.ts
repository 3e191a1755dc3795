import type { Route } from '../platform/http/route.ts';
import { businessPartnerRoutes } from './business-partners.routes.ts';
import { departmentRoutes } from './departments.routes.ts';
import { projectRoutes } from './projects.routes.ts';

export {
  BalanceStatistics,
  balanceStatistics,
  type DimensionBalance,
  dimensionBalances,
  refuseOpenBalances,
} from './dimension-balances.ts';

export const mastersRoutes: Route[] = [...businessPartnerRoutes, ...departmentRoutes, ...projectRoutes];
