import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { DateText, Id, MultiLineText, strict } from '../../platform/http/schema.ts';
import { PeriodLockView } from './period-lock.ts';
import { createPeriodLock } from './period-lock-create.ts';
import { listPeriodLocks } from './period-lock-list.ts';

const tag = 'Period locks';

export const periodLockRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/period-locks',
    tag,
    summary: 'List the locks of a client account, newest first',
    operation: listPeriodLocks,
    client: 'query',
    query: strict({ client_account_id: Id, ...pageQuery(100), ...WithQuery }),
    response: listOf(PeriodLockView),
    input: ({ query }) => ({ ...pageOf(query, 100), with: relations(query.with, ['created_by']) }),
  }),
  route({
    method: 'POST',
    path: '/period-locks',
    tag,
    summary: 'Lock a period until and including a date, or reopen with an earlier date',
    operation: createPeriodLock,
    client: 'body',
    status: 201,
    body: strict({
      client_account_id: Id,
      locked_until_date: DateText,
      locking_comment: MultiLineText({ minLength: 1, maxLength: 1000, pattern: '\\S' }),
    }),
    response: PeriodLockView,
    input: ({ body }) => ({ lockedUntilDate: body.locked_until_date, comment: body.locking_comment }),
  }),
];
