import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { type Route, route } from '../../platform/http/route.ts';
import { Id, strict, Type } from '../../platform/http/schema.ts';
import { AuditRecordShape, listAuditLog } from './audit-log-list.ts';

export const auditLogRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/audit-log',
    tag: 'Audit log',
    summary: 'Who did what in a client account, newest first',
    operation: listAuditLog,
    client: 'query',
    query: strict({
      ...pageQuery(100),
      client_account_id: Id,
      record_type: Type.Optional(Type.String({ maxLength: 100 })),
      record_id: Type.Optional(Id),
      user_id: Type.Optional(Id),
      operation: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    response: listOf(AuditRecordShape),
    input: ({ query }) => ({
      recordType: query.record_type ?? null,
      recordId: query.record_id ?? null,
      userId: query.user_id ?? null,
      operation: query.operation ?? null,
      page: pageOf(query, 100),
    }),
  }),
];
