import type { Route } from '../platform/http/route.ts';
import { auditLogRoutes } from './audit-log.routes.ts';
import { clientAccountSettingsRoutes } from './client-account-settings.routes.ts';
import { clientAccountUserRoutes } from './client-account-users.routes.ts';
import { clientAccountRoutes } from './client-accounts.routes.ts';
import { contractRoutes } from './contracts.routes.ts';
import { invitationRoutes } from './invitations.routes.ts';
import { oauthClientRoutes } from './oauth-clients.routes.ts';
import { organizationRoutes } from './organizations.routes.ts';
import { userRoutes } from './users.routes.ts';

export { createAccessToken, type NewAccessToken } from './access-token-issue.ts';
export { accessMatrix, type AccessRow, renderAccessMatrix } from './access-matrix.ts';
export { ofActiveClientAccounts } from './active-client-accounts.ts';
export { authenticate } from './authenticate.ts';
export { bookkeeperOf } from './bookkeeper.ts';
export { forgetCallers } from './caller-cache.ts';
export { callerOfUser, loadCaller } from './caller-load.ts';
export { addClientAccount } from './client-account-add.ts';
export { createClientAccount, type NewClientAccount } from './client-account-create.ts';
export { updateClientAccount } from './client-account-update.ts';
export { changeContract } from './contract-change.ts';
export { requestContract } from './contract-request.ts';
export { removeExpired, type RemovedExpired } from './expired-remove.ts';
export { listInvitationMails } from './invitation-outbox.ts';
export { registerOAuth } from './oauth.tsx';
export { OAUTH_PATHS, type OAuthSettings } from './oauth-provider.ts';
export { sendPage } from './page.tsx';
export { randomSecret, secretHash } from './secret.ts';
export { requireSameSite } from './session.ts';
export { registerSignIn } from './sign-in.tsx';
export { countAttempt, placeOf } from './throttle.ts';
export { isEmail } from './user.ts';
export { createUser, type NewUser } from './user-create.ts';

export const tenancyRoutes: Route[] = [
  ...userRoutes,
  ...oauthClientRoutes,
  ...clientAccountRoutes,
  ...clientAccountSettingsRoutes,
  ...clientAccountUserRoutes,
  ...invitationRoutes,
  ...contractRoutes,
  ...organizationRoutes,
  ...auditLogRoutes,
];
