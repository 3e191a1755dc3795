import type { Route } from '../platform/http/route.ts';
import { assetRoutes } from './assets.routes.ts';
import { depreciationRoutes } from './depreciation/depreciation.routes.ts';

export { createAsset } from './asset-create.ts';
export { DepreciationSchedule } from './depreciation/schedule.ts';

export const assetsRoutes: Route[] = [...assetRoutes, ...depreciationRoutes];
