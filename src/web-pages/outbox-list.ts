import sql from 'sql-template-tag';
import { ADMINS, clientAccountsWith } from '../platform/caller.ts';
import { type OutboxMail, outboxMails } from '../platform/mail.ts';
import { readOperation } from '../platform/operation.ts';

/**
 * The mails that no server sends. They hold links that let people in, so only a person who administers every client
 * account of this installation sees them; null for everybody else.
 */
export const listOutbox = readOperation({
  name: 'mail.outbox',
  access: { kind: 'user', scope: 'read:profile' },
  async run({ tx, caller }): Promise<OutboxMail[] | null> {
    const administered = clientAccountsWith(caller, ADMINS);
    const { all } = await tx.one<{ all: boolean | null }>(sql`
      select bool_and(id = any (${administered}::bigint[])) as all from client_accounts where is_active`);
    if (!all) return null;
    return (await outboxMails(tx)).filter((mail) => mail.sent_at === null);
  },
});
