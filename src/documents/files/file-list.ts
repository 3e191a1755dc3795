import sql, { join } from 'sql-template-tag';
import { EVERY_ROLE } from '../../platform/caller.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { fileRows, ownOnly } from './file.ts';

export interface ListFiles extends Page {
  /** A media type (`application/pdf`) or the first part of one (`image`). */
  type?: string | undefined;
  /** null: includes files whose content was deleted. */
  isActive: boolean | null;
  orderBy?: string | undefined;
}

const ORDER = { id: 'f.id', name: 'f.name collate nb_no', created_at: 'f.created_at', size_bytes: 'f.size_bytes' };

/** Files of a client account; employees see only those they sent in. */
export const listFiles = readOperation({
  name: 'file.list',
  access: { kind: 'client', scope: 'read:accounting', roles: EVERY_ROLE },
  async run({ tx, clientAccountId, caller }, input: ListFiles) {
    const where = join(
      [
        ownOnly(caller, clientAccountId, sql`f`),
        input.isActive === null ? sql`` : sql`and f.is_active = ${input.isActive}`,
        input.type === undefined
          ? sql``
          : sql`and (f.content_type = ${input.type} or split_part(f.content_type, '/', 1) = ${input.type})`,
      ],
      ' ',
    );
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from files f where f.client_account_id = ${clientAccountId} ${where}`,
    );
    const order = orderBy(input.orderBy, ORDER, 'created_at desc', 'f.id desc');
    const files = await fileRows(tx, clientAccountId, sql`${where} ${order} ${limitOffset(input)}`);
    return envelope(files, input, records);
  },
});
