export { altinnUserRoutes } from './altinn.routes.ts';
export { altinnUserToken } from './user-token.ts';
export { listParties } from './parties-list.ts';
export type { Party } from './party.ts';
