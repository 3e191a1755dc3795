export { altinnUserToken } from './user-token.ts';
