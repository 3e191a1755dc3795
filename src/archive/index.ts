import type { Route } from '../platform/http/route.ts';
import { archiveRoutes as routes } from './archive.routes.ts';

export { type Archive, type ArchiveManifest, openArchive } from './archive.ts';

export const archiveRoutes: Route[] = routes;
