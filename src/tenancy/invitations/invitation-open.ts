import { isoSeconds } from '../../kernel/clock.ts';
import { readOperation } from '../../platform/operation.ts';
import { tenancyErrors } from '../errors.ts';
import { openInvitation } from './invitation.ts';

/** What a link invites to. Unknown, used, cancelled and expired links give the same response. */
export const getOpenInvitation = readOperation({
  name: 'invitations.open',
  access: { kind: 'public' },
  async run({ tx, now }, { token }: { token: string }) {
    const found = await openInvitation(tx, token, now, false);
    if (!found || !found.user_is_active) throw tenancyErrors.invitation_invalid();
    return {
      email: found.email,
      client_account: { id: found.client_account_id, display_name: found.display_name },
      role: { id: found.role_id, name: found.role },
      invited_by: found.inviter,
      expires_at: isoSeconds(found.expires_at),
      user_exists: found.user_has_password,
    };
  },
});
