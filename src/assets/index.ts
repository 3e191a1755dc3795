import type { Route } from '../platform/http/route.ts';
import { assetRoutes } from './assets.routes.ts';
import { assetReportRoutes } from './reports/asset-reports.routes.ts';
import { taxDepreciationRoutes } from './tax/tax-depreciation.routes.ts';
import { depreciationRoutes } from './depreciation/depreciation.routes.ts';
import { openingRoutes } from './openings/openings.routes.ts';
import { propertyRoutes } from './property/property.routes.ts';

export { printableAssetRegister, printableDepreciation } from './reports/asset-reports.routes.ts';
export type { AssetChanges } from './asset.ts';
export { chooseClassAccounts } from './asset-class-choose-accounts.ts';
export { createAsset } from './asset-create.ts';
export { listAssets } from './asset-list.ts';
export { assignOpenings } from './openings/opening-assign.ts';
export { setDepreciationPlan } from './depreciation/depreciation-plan-set.ts';
export { attachProperty } from './property/property-attach.ts';
export { DepreciationSchedule } from './depreciation/schedule.ts';

export const assetsRoutes: Route[] = [
  ...assetRoutes,
  ...propertyRoutes,
  ...openingRoutes,
  ...depreciationRoutes,
  ...taxDepreciationRoutes,
  ...assetReportRoutes,
];
