import type { Route } from '../platform/http/route.ts';

export { createAccessToken, type NewAccessToken } from './access-token-issue.ts';
export { authenticate } from './authenticate.ts';
export { forgetCallers } from './caller-cache.ts';
export { callerOfUser } from './caller-load.ts';
export { createClientAccount, type NewClientAccount } from './client-account-create.ts';
export { hashPassword } from './password.ts';
export { createUser, type NewUser } from './user-create.ts';

export const tenancyRoutes: Route[] = [];
