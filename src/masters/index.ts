import type { Route } from '../platform/http/route.ts';
import { businessPartnerRoutes } from './business-partners/business-partners.routes.ts';
import { accountRoutes } from './accounts/general-ledger-accounts.routes.ts';
import { departmentRoutes } from './dimensions/departments.routes.ts';
import { projectRoutes } from './dimensions/projects.routes.ts';
import { taxCodeRoutes } from './tax-codes/tax-codes.routes.ts';

export { type AccountName, accountNames } from './accounts/account-names.ts';
export { createBusinessPartner } from './business-partners/business-partner-create.ts';
export { listBusinessPartners } from './business-partners/business-partner-list.ts';
export {
  BalanceStatistics,
  balanceStatistics,
  dimensionBalances,
  refuseOpenBalances,
} from './dimensions/dimension-balances.ts';
export { createDepartment } from './dimensions/department-create.ts';
export { insertDimensionValue } from './dimensions/dimension-value-insert.ts';
export { createProject } from './dimensions/project-create.ts';
export { groupingCategoryOf } from './accounts/saft-grouping.ts';
export { AUDIT_FIELDS, readOnly, requireSameClientAccount } from './read-only.ts';

export const mastersRoutes: Route[] = [
  ...accountRoutes,
  ...taxCodeRoutes,
  ...businessPartnerRoutes,
  ...departmentRoutes,
  ...projectRoutes,
];
