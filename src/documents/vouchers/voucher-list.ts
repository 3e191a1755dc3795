import sql, { join, type Sql } from 'sql-template-tag';
import { EVERY_ROLE } from '../../platform/caller.ts';
import { holdsText } from '../../platform/database/columns.ts';
import { requestErrors } from '../../platform/errors.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { seesAll } from '../files/file.ts';
import { ENTRIES_OF_VOUCHER, voucherRelation, voucherRows } from './voucher.ts';
import { attachVoucherRelations } from './voucher-relations.ts';

export interface ListVouchers extends Page {
  /** Empty: all that the caller may see. */
  clientAccountIds: readonly number[];
  /** Empty: all except deleted ones. */
  statuses: readonly string[];
  businessPartnerIds: readonly number[];
  collectionIds: readonly number[];
  projectIds: readonly number[];
  /** In the file's name, the description, or the memo of an entry. */
  freeText?: string | undefined;
  hasProject?: boolean | undefined;
  hasCollection?: boolean | undefined;
  hasJournalEntry?: boolean | undefined;
  /** Whether the content of its file exists. */
  hasAttachment?: boolean | undefined;
  orderBy?: string | undefined;
  with: ReadonlySet<string>;
}

const ORDER = {
  id: 'id',
  name: 'name collate nb_no',
  status: 'status',
  created_at: 'created_at',
  updated_at: 'updated_at',
  description: 'description collate nb_no',
};

/** Vouchers of one, several or all client accounts; employees see only those they sent in. */
export const listVouchers = readOperation({
  name: 'voucher.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: EVERY_ROLE },
  async run({ tx, caller, clientAccountIds }, input: ListVouchers) {
    const wanted = input.clientAccountIds.length > 0 ? input.clientAccountIds : clientAccountIds;
    if (wanted.some((id) => !clientAccountIds.includes(id))) throw requestErrors.no_access();
    const all = wanted.filter((id) => seesAll(caller, id));
    const where = join(
      [
        sql`v.client_account_id = any(${[...wanted]}::bigint[])`,
        sql`(v.client_account_id = any(${all}::bigint[]) or v.created_by_id = ${caller.userId})`,
        ...conditionsOf(input),
      ],
      ' and ',
    );
    const status =
      input.statuses.length > 0
        ? sql`where status = any(${[...input.statuses]}::text[])`
        : sql`where status <> 'DELETED'`;
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from ${voucherRelation(where)} ${status}`,
    );
    const order = orderBy(input.orderBy, ORDER, 'created_at desc', 'id desc');
    const vouchers = await voucherRows(tx, where, sql`${status} ${order} ${limitOffset(input)}`);
    await attachVoucherRelations(tx, vouchers, input.with);
    return envelope(vouchers, input, records);
  },
});

function conditionsOf(input: ListVouchers): Sql[] {
  const conditions: Sql[] = [];
  const flag = (asked: boolean | undefined, condition: Sql) => {
    if (asked !== undefined) conditions.push(asked ? condition : sql`not ${condition}`);
  };
  const inCollections = (and: Sql) => sql`exists (select 1 from voucher_collection_members m
    where m.client_account_id = v.client_account_id and m.voucher_id = v.id ${and})`;
  const linesWith = (and: Sql) => sql`exists (select 1 from ${ENTRIES_OF_VOUCHER} u
    join journal_entry_lines l on l.client_account_id = v.client_account_id and l.entry_id = u.entry_id
    where ${and})`;
  const inProject = (and: Sql) =>
    linesWith(sql`l.dimension_set_id in (select m.dimension_set_id from dimension_set_members m
      where m.client_account_id = v.client_account_id and m.dimension_type = 'project' ${and})`);
  flag(input.hasCollection, inCollections(sql``));
  flag(input.hasJournalEntry, sql`exists ${ENTRIES_OF_VOUCHER}`);
  flag(input.hasProject, inProject(sql``));
  flag(input.hasAttachment, sql`f.is_active`);
  if (input.collectionIds.length > 0)
    conditions.push(inCollections(sql`and m.collection_id = any(${[...input.collectionIds]}::bigint[])`));
  if (input.projectIds.length > 0)
    conditions.push(inProject(sql`and m.value_id = any(${[...input.projectIds]}::bigint[])`));
  if (input.businessPartnerIds.length > 0)
    conditions.push(linesWith(sql`l.business_partner_id = any(${[...input.businessPartnerIds]}::bigint[])`));
  if (input.freeText !== undefined) {
    conditions.push(sql`(${holdsText(['f.name', 'v.description'], input.freeText)}
      or exists (select 1 from ${ENTRIES_OF_VOUCHER} u
        join journal_entries e on e.client_account_id = v.client_account_id and e.id = u.entry_id
        where ${holdsText(['e.memo'], input.freeText)}))`);
  }
  return conditions;
}
