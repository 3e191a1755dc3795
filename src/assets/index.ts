import type { Route } from '../platform/http/route.ts';
import { assetRoutes } from './assets.routes.ts';

export { createAsset } from './asset-create.ts';

export const assetsRoutes: Route[] = [...assetRoutes];
