import { timingSafeEqual } from 'node:crypto';
import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { type Call, type Platform, writeAudit, writeOperation } from '../../platform/operation.ts';
import { insertRevocation, revokeDue } from './revocation.ts';
import { columnKeysOf, loadSession, readSession, type Session, sidHash } from './session.ts';
import { idPortenOf } from './user-token.ts';

/** Removes the session and records its tokens for revocation: a logout at ID-porten leaves those for Altinn valid. */
async function endIn(tx: Transaction, platform: Platform, session: Session): Promise<void> {
  const { userId, version, secrets, refreshEndsAt } = session;
  await tx.execute(sql`delete from id_porten_sessions where user_id = ${userId} and version = ${version}`);
  const token = secrets.refreshToken ?? secrets.accessToken;
  await insertRevocation(tx, columnKeysOf(platform), {
    userId,
    token,
    endsAt: refreshEndsAt,
    now: platform.clock.now(),
  });
}

const removeSession = writeOperation({
  name: 'id-porten.disconnect',
  access: { kind: 'user', scope: 'write:profile' },
  async run({ platform, tx, caller, audit }) {
    const session = await readSession(tx, columnKeysOf(platform), caller.userId);
    if (session) await endIn(tx, platform, session);
    audit({ recordType: 'id_porten_session', before: session && { scopes: session.scopes }, after: null });
    return null;
  },
});

/** Ends the caller's session here, and its tokens there. It is not an error if there is none. */
export const disconnect: typeof removeSession = {
  ...removeSession,
  async call(platform, call, input) {
    const outcome = await removeSession.call(platform, call, input);
    await revokeDue(platform, { most: 1 });
    return outcome;
  },
};

const NO_CALLER: Call = { caller: null, clientAccountId: null };

/**
 * ID-porten reports that a login session has ended (OpenID Connect Front-Channel Logout 1.0). A repeated report is not
 * an error.
 */
export async function endSessionOf(platform: Platform, { iss, sid }: { iss: string; sid: string }): Promise<void> {
  const { issuer } = idPortenOf(platform).options;
  if (iss !== issuer) return;
  const keys = columnKeysOf(platform);
  const ended = await platform.database.transaction(
    { clientAccounts: [], mode: 'write', work: 'id_porten' },
    async (tx) => {
      const rows = await tx.rows<{ user_id: number }>(sql`
        select user_id from id_porten_sessions where sid_hash = ${sidHash(issuer, sid)} for update`);
      for (const { user_id: userId } of rows) {
        const session = await readSession(tx, keys, userId);
        // One that cannot be decrypted has no tokens to revoke.
        if (session) await endIn(tx, platform, session);
        else await tx.execute(sql`delete from id_porten_sessions where user_id = ${userId}`);
        await writeAudit(tx, 'id-porten.front-channel-logout', NO_CALLER, [
          { recordType: 'id_porten_session', recordId: userId, after: null },
        ]);
      }
      return rows.length;
    },
  );
  if (ended > 0) await revokeDue(platform, { most: ended });
}

/** Whether the user returns from the logout of this session. */
export async function cameFromLogout(platform: Platform, userId: number, state: string): Promise<boolean> {
  const session = await loadSession(platform, columnKeysOf(platform), userId);
  const expected = Buffer.from(session?.secrets.logoutState ?? '');
  const given = Buffer.from(state);
  return expected.length > 0 && expected.length === given.length && timingSafeEqual(expected, given);
}
