import type { Platform } from '../../platform/operation.ts';
import { TokenRefused } from './altinn.ts';
import { altinnErrors } from './errors.ts';
import { altinnUserToken } from './user-token.ts';

/**
 * Makes a call on a user's behalf; if refused (401), once more with a new token. Throws altinn.no_access_token (403)
 * for a user who is not connected or whom Altinn refuses, and the errors of the call.
 */
export async function withAltinnToken<T>(
  platform: Platform,
  userId: number,
  call: (token: string) => Promise<T>,
): Promise<T> {
  let refused: string | undefined;
  for (let attempt = 1; attempt <= 2; attempt++) {
    const found = await altinnUserToken(platform, userId, refused === undefined ? {} : { refused });
    if (!found) break;
    try {
      return await call(found.token);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      if (error.status === 403) break;
      refused = found.token;
    }
  }
  throw altinnErrors.no_access_token();
}
