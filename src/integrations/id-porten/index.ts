export { idPortenRoutes } from './id-porten.routes.ts';
export { finishLogin, type LoginOutcome } from './login-finish.ts';
export { resealTokens } from './reseal.ts';
export { revokeDue } from './revocation.ts';
export { cameFromLogout, disconnect, endSessionOf } from './session-end.ts';
export { browserOriginsOf, type UserToken, type UserTokenOptions, userToken } from './user-token.ts';
export { beginAltinnLogin, beginIdPortenLogin } from './login-begin.ts';
export { getIdPortenStatus } from './status.ts';
