import sql, { join } from 'sql-template-tag';
import { requestErrors } from '../errors.ts';
import { envelope, limitOffset, listOf, pageOf, type Page, pageQuery } from '../http/paging.ts';
import { route, type Route } from '../http/route.ts';
import { strict, Type } from '../http/schema.ts';
import { readOperation } from '../operation.ts';
import { JOB_STATES, jobColumns, type JobRecord, JobShape, type JobView, jobView } from './job-view.ts';

interface ListInput extends Page {
  /** Null for the jobs that the caller started, in any client account. */
  clientAccountId: number | null;
  status: string | null;
  kind: string | null;
}

const PER_PAGE = 25;

/** The jobs of a client account, or the caller's own; newest first. Errors: 404 and 403 of the client account. */
const listJobs = readOperation<ListInput, ReturnType<typeof envelope<JobView>>>({
  name: 'job.list',
  access: { kind: 'user', scope: 'read:accounting' },
  async run({ platform, tx, caller }, { clientAccountId, status, kind, ...page }) {
    if (clientAccountId !== null && !caller.roles.has(clientAccountId)) {
      const there = await tx.maybe(sql`select 1 from client_accounts where id = ${clientAccountId}`);
      throw there ? requestErrors.no_access() : requestErrors.not_found({ what: 'Client account' });
    }
    const owned =
      clientAccountId === null ? sql`user_id = ${caller.userId}` : sql`client_account_id = ${clientAccountId}`;
    const where = join(
      [
        // The index on a client account's jobs excludes those without a client account.
        clientAccountId === null ? owned : sql`client_account_id <> 0 and ${owned}`,
        ...(status === null ? [] : [sql`status = ${status}`]),
        ...(kind === null ? [] : [sql`kind = ${kind}`]),
      ],
      ' and ',
    );
    const { count } = await tx.one<{ count: number }>(sql`select count(*) as count from jobs where ${where}`);
    const rows = await tx.rows<JobRecord>(
      sql`select ${jobColumns} from jobs where ${where} order by id desc ${limitOffset(page)}`,
    );
    const shown = rows.map((job) => jobView(job, caller, platform.jobs));
    return envelope(shown, page, count);
  },
});

export const jobListRoute: Route = route({
  method: 'GET',
  path: '/jobs',
  tag: 'Jobs',
  summary: 'The background jobs of a client account, or those that the caller started, newest first',
  operation: listJobs,
  client: 'none',
  query: strict({
    client_account_id: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
    status: Type.Optional(Type.Enum([...JOB_STATES])),
    kind: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    ...pageQuery(PER_PAGE),
  }),
  response: listOf(JobShape),
  input: ({ query }) => ({
    clientAccountId: query.client_account_id ?? null,
    status: query.status ?? null,
    kind: query.kind ?? null,
    ...pageOf(query, PER_PAGE),
  }),
});
