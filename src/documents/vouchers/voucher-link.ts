import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { documentErrors } from '../errors.ts';
import { changeLinks } from './voucher-links.ts';

/**
 * Links a voucher to a posted entry. The entry itself does not change, so this is possible in a locked period too:
 * documentation may arrive late. Errors: documents.voucher_deleted.
 */
export const linkVoucher = writeOperation({
  name: 'voucher.link',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run(context, input: { id: number; entryId: number }) {
    const { tx, clientAccountId, caller, now } = context;
    return changeLinks(context, input, async (before) => {
      if (before.status === 'DELETED') throw documentErrors.voucher_deleted();
      const entry = await tx.maybe(sql`
        select 1 from journal_entries where client_account_id = ${clientAccountId} and id = ${input.entryId}`);
      if (!entry) throw invalid([problem('journal_entry_id', 'is no posted entry', 'er ikke et bokført bilag')]);
      if (before.journal_entries?.some(({ id }) => id === input.entryId))
        throw invalid([problem('journal_entry_id', 'has the voucher already', 'har dokumentet fra før')]);
      await tx.execute(sql`
        insert into journal_entry_vouchers (client_account_id, entry_id, voucher_id, created_at, created_by_id)
        values (${clientAccountId}, ${input.entryId}, ${input.id}, ${now}, ${caller.userId})`);
    });
  },
});
