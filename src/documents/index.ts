import type { Route } from '../platform/http/route.ts';
import { fileRoutes } from './files.routes.ts';

export const documentsRoutes: Route[] = [...fileRoutes];
