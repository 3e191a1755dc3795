import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { documentErrors } from '../errors.ts';
import { changeLinks } from './voucher-links.ts';

/**
 * Removes a link that was added after posting. The file must be kept from then on, because it has documented an entry.
 * Errors: documents.own_voucher, documents.link_locked.
 */
export const unlinkVoucher = writeOperation({
  name: 'voucher.unlink',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run(context, input: { id: number; entryId: number }) {
    const { tx, clientAccountId, now } = context;
    return changeLinks(context, input, async (before, lockedUntil) => {
      const entry = before.journal_entries?.find(({ id }) => id === input.entryId);
      if (!entry) throw requestErrors.not_found({ what: 'Linked journal entry' });
      if (!entry.linked_later) throw documentErrors.own_voucher();
      if (lockedUntil !== null && entry.entry_date <= lockedUntil)
        throw documentErrors.link_locked({ locked_until: lockedUntil, entry_date: entry.entry_date });
      await tx.execute(sql`
        delete from journal_entry_vouchers
        where client_account_id = ${clientAccountId} and entry_id = ${input.entryId} and voucher_id = ${input.id}`);
      await tx.execute(sql`
        update vouchers set documented_until = ${now} where client_account_id = ${clientAccountId} and id = ${input.id}`);
    });
  },
});
