export { type UserToken, type UserTokenOptions, userToken } from './user-token.ts';
