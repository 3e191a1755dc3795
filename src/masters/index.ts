import type { Route } from '../platform/http/route.ts';
import { businessPartnerRoutes } from './business-partners.routes.ts';
import { accountRoutes } from './general-ledger-accounts.routes.ts';
import { departmentRoutes } from './departments.routes.ts';
import { projectRoutes } from './projects.routes.ts';
import { taxCodeRoutes } from './tax-codes.routes.ts';

export { type AccountName, accountNames } from './account-names.ts';
export { createBusinessPartner } from './business-partner-create.ts';
export { BalanceStatistics, balanceStatistics, dimensionBalances, refuseOpenBalances } from './dimension-balances.ts';
export { createDepartment } from './department-create.ts';
export { insertDimensionValue } from './dimension-value-insert.ts';
export { createProject } from './project-create.ts';
export { groupingCategoryOf } from './saft-grouping.ts';
export { AUDIT_FIELDS, readOnly, requireSameClientAccount } from './read-only.ts';

export const mastersRoutes: Route[] = [
  ...accountRoutes,
  ...taxCodeRoutes,
  ...businessPartnerRoutes,
  ...departmentRoutes,
  ...projectRoutes,
];
