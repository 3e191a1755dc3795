import { AppError } from '../../platform/errors.ts';
import { handedOnOperation, type Operation, type Platform } from '../../platform/operation.ts';
import { hasAltinnScope } from './connection-scopes.ts';
import type { Purpose } from './login.ts';
import { columnKeysOf, loadSession, type Session } from './session.ts';
import { canBeRenewed, currentSession, idPortenOf } from './user-token.ts';

export interface ConnectionStatus {
  connected: boolean;
  /** Ends the session at ID-porten. It contains the user's id token: for the user only. Null when not connected. */
  end_session_url: string | null;
}

/**
 * The user's session if it is alive: its access token is valid, or could be renewed just now. While ID-porten does not
 * respond, the stored state counts.
 */
export async function liveSession(platform: Platform, userId: number): Promise<Session | null> {
  try {
    return await currentSession(platform, userId);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const session = await loadSession(platform, columnKeysOf(platform), userId);
    return session && canBeRenewed(session, platform.clock.now()) ? session : null;
  }
}

function statusOf(purpose: Purpose): Operation<undefined, ConnectionStatus> {
  return handedOnOperation({
    name: `${purpose}.status`,
    access: { kind: 'user', scope: 'read:profile' },
    async run({ platform, caller }): Promise<ConnectionStatus> {
      const session = platform.outside?.idPorten ? await liveSession(platform, caller.userId) : null;
      if (!session || (purpose === 'altinn' && !hasAltinnScope(session.scopes)))
        return { connected: false, end_session_url: null };
      const { idToken, logoutState } = session.secrets;
      return { connected: true, end_session_url: await idPortenOf(platform).endSessionUrl(idToken, logoutState) };
    },
  });
}

export const getIdPortenStatus = statusOf('id-porten');
export const getAltinnStatus = statusOf('altinn');
