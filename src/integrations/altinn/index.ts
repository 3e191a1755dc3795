export { altinnUserRoutes } from './altinn.routes.ts';
export { altinnUserToken } from './user-token.ts';
