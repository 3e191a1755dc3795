import type { Route } from '../platform/http/route.ts';
import { auditLogRoutes } from './audit-log.routes.ts';
import { clientAccountSettingsRoutes } from './client-account-settings.routes.ts';
import { clientAccountUserRoutes } from './client-account-users.routes.ts';
import { clientAccountRoutes } from './client-accounts.routes.ts';
import { contractRoutes } from './contracts.routes.ts';
import { invitationRoutes } from './invitations.routes.ts';
import { organizationRoutes } from './organizations.routes.ts';
import { userRoutes } from './users.routes.ts';

export { createAccessToken, type NewAccessToken } from './access-token-issue.ts';
export { authenticate } from './authenticate.ts';
export { forgetCallers } from './caller-cache.ts';
export { callerOfUser } from './caller-load.ts';
export { createClientAccount, type NewClientAccount } from './client-account-create.ts';
export { hashPassword } from './password.ts';
export { createUser, type NewUser } from './user-create.ts';

export const tenancyRoutes: Route[] = [
  ...userRoutes,
  ...clientAccountRoutes,
  ...clientAccountSettingsRoutes,
  ...clientAccountUserRoutes,
  ...invitationRoutes,
  ...contractRoutes,
  ...organizationRoutes,
  ...auditLogRoutes,
];
