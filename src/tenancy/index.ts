import type { Route } from '../platform/http/route.ts';
import { auditLogRoutes } from './audit/audit-log.routes.ts';
import { clientAccountSettingsRoutes } from './client-account-settings/client-account-settings.routes.ts';
import { clientAccountUserRoutes } from './client-account-users/client-account-users.routes.ts';
import { clientAccountRoutes } from './client-accounts/client-accounts.routes.ts';
import { contractRoutes } from './contracts/contracts.routes.ts';
import { invitationRoutes } from './invitations/invitations.routes.ts';
import { oauthClientRoutes } from './oauth/oauth-clients.routes.ts';
import { organizationRoutes } from './organizations/organizations.routes.ts';
import { userRoutes } from './users/users.routes.ts';

export { createAccessToken, type NewAccessToken } from './access-tokens/access-token-issue.ts';
export { accessMatrix, type AccessRow, renderAccessMatrix } from './access/access-matrix.ts';
export { ofActiveClientAccounts } from './client-accounts/active-client-accounts.ts';
export { authenticate } from './access/authenticate.ts';
export { bookkeeperOf } from './access/bookkeeper.ts';
export { forgetCallers } from './access/caller-cache.ts';
export { callerOfUser, loadCaller } from './access/caller-load.ts';
export { addClientAccount } from './client-accounts/client-account-add.ts';
export { createClientAccount, type NewClientAccount } from './client-accounts/client-account-create.ts';
export { updateClientAccount } from './client-accounts/client-account-update.ts';
export { changeContract } from './contracts/contract-change.ts';
export { requestContract } from './contracts/contract-request.ts';
export { removeExpired, type RemovedExpired } from './expired-remove.ts';
export { listInvitationMails } from './invitations/invitation-outbox.ts';
export { registerOAuth } from './oauth/oauth.tsx';
export { OAUTH_PATHS, type OAuthSettings } from './oauth/oauth-provider.ts';
export { sendPage } from './sign-in/page.tsx';
export { randomSecret, secretHash } from './secret.ts';
export { requireSameSite } from './sign-in/session.ts';
export { registerSignIn } from './sign-in/sign-in.tsx';
export { countAttempt, placeOf } from './sign-in/throttle.ts';
export { isEmail } from './users/user.ts';
export { createUser, type NewUser } from './users/user-create.ts';

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
