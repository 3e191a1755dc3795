import type { FastifyReply, FastifyRequest } from 'fastify';
import sql from 'sql-template-tag';
import { invalid, problem } from '../../platform/errors.ts';
import { safeFileName } from '../../platform/http/content-disposition.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { asBoolean, Id, QueryBoolean, strict, Type } from '../../platform/http/schema.ts';
import { stageBody } from '../../platform/http/staged-body.ts';
import { startImport, XML_OR_ZIP } from '../../platform/jobs/import-start.ts';
import type { JobUpload } from '../../platform/jobs/job-queue.ts';
import { JobShape, type JobView } from '../../platform/jobs/job-view.ts';
import { decideAccess, type Platform, writeOperation } from '../../platform/operation.ts';
import { bankingErrors } from '../errors.ts';
import { BANK_IMPORT_JOB, bankImportAccess, type BankImportInput } from './bank-import-job.ts';

interface StartInput {
  file: JobUpload;
  bankAccountId: number | null;
  acceptSuspicious: boolean;
}

const access = bankImportAccess;

/** Stores the file and responds with the job that will import it. */
const startBankImport = writeOperation<StartInput, JobView>({
  name: 'bank-import.start',
  access,
  async run(context, { file, bankAccountId, acceptSuspicious }) {
    const { tx, clientAccountId, platform, requestId } = context;
    if (!platform.jobs) throw bankingErrors.no_jobs();
    if (bankAccountId !== null) {
      const ours = await tx.maybe(sql`
        select 1 from bank_accounts where client_account_id = ${clientAccountId} and id = ${bankAccountId}
          and business_partner_id is null and is_active`);
      if (!ours)
        throw invalid([
          problem('bank_account_id', 'no such bank account of ours in use', 'ingen slik egen bankkonto i bruk'),
        ]);
    }
    const input: BankImportInput = {
      file_name: file.name,
      client_account_id: clientAccountId,
      bank_account_id: bankAccountId,
      accept_suspicious: acceptSuspicious,
      request_id: requestId ?? null,
    };
    return startImport(context, platform.jobs, { kind: BANK_IMPORT_JOB, clientAccountId, input, upload: file });
  },
});

/** Target and access are checked before the body is read, so that a caller without access cannot upload gigabytes. */
async function takeFile(request: FastifyRequest, reply: FastifyReply, platform: Platform): Promise<JobUpload> {
  const query = request.query as Record<string, string | undefined>;
  const target = query['client_account_id'];
  if (target === undefined || !/^[1-9]\d{0,15}$/.test(target)) {
    throw invalid([problem('client_account_id', 'is required, an integer', 'må oppgis, et heltall')]);
  }
  decideAccess(access, { caller: request.caller, clientAccountId: Number(target) });
  if (!platform.jobs) throw bankingErrors.no_jobs();
  return stageBody(request, reply, {
    jobs: platform.jobs,
    name: safeFileName(query['file_name'] ?? 'bankfil'),
    empty: bankingErrors.file_empty,
  });
}

export const bankImportRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/banking/imports',
    tag: 'Imports',
    summary: 'Import a bank file (camt.053, camt.054, OCR giro, MT940, CSV; plain or in a ZIP) into a client account',
    operation: startBankImport,
    client: 'query',
    query: strict({
      client_account_id: Id,
      bank_account_id: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: Number.MAX_SAFE_INTEGER,
          description: 'The account of a file that names none',
        }),
      ),
      accept_suspicious: Type.Optional({
        ...QueryBoolean,
        description: 'Import also what is probably known from another kind of source',
      }),
      file_name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    }),
    status: 202,
    response: JobShape,
    consumes: ['text/plain', 'text/csv', ...XML_OR_ZIP],
    readBody: takeFile,
    bodyLimit: 1e12,
    input: ({ query, request }) => ({
      file: request.body as JobUpload,
      bankAccountId: query.bank_account_id ?? null,
      acceptSuspicious: asBoolean(query.accept_suspicious, false),
    }),
  }),
];
