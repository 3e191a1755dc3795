import sql, { join } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { ADMINS } from '../../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';

export const AuditRecordShape = strict({
  id: Id,
  client_account_id: Id,
  at: TimeText,
  user_id: nullable(Id),
  operation: Type.String(),
  record_type: nullable(Type.String()),
  record_id: nullable(Id),
  record_ids: nullable(Type.Array(Id)),
  before: nullable(Type.Object({}, { additionalProperties: true })),
  after: nullable(Type.Object({}, { additionalProperties: true })),
  request_id: nullable(Type.String()),
});

export interface AuditFilter {
  recordType: string | null;
  recordId: number | null;
  userId: number | null;
  operation: string | null;
  page: Page;
}

interface AuditRow {
  id: number;
  client_account_id: number;
  at: Date;
  user_id: number | null;
  operation: string;
  record_type: string | null;
  record_id: number | null;
  record_ids: number[] | null;
  before: object | null;
  after: object | null;
  request_id: string | null;
}

/** Who did what in a client account, newest first. */
export const listAuditLog = readOperation({
  name: 'audit_log.list',
  access: { kind: 'client', scope: 'read:accounting', roles: ADMINS },
  async run({ tx, clientAccountId }, filter: AuditFilter) {
    const conditions = [sql`client_account_id = ${clientAccountId}`];
    if (filter.recordType !== null) conditions.push(sql`record_type = ${filter.recordType}`);
    if (filter.recordId !== null)
      conditions.push(sql`(record_id = ${filter.recordId} or ${filter.recordId} = any (record_ids))`);
    if (filter.userId !== null) conditions.push(sql`user_id = ${filter.userId}`);
    if (filter.operation !== null) conditions.push(sql`operation = ${filter.operation}`);
    const where = join(conditions, ' and ');
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from audit_log where ${where}`,
    );
    const rows = await tx.rows<AuditRow>(sql`
      select client_account_id, id, at, user_id, operation, record_type, record_id, record_ids, before, after, request_id
      from audit_log where ${where} order by id desc ${limitOffset(filter.page)}`);
    return envelope(
      rows.map((row) => ({ ...row, at: isoSeconds(row.at) })),
      filter.page,
      records,
    );
  },
});
