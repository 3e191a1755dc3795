import sql from 'sql-template-tag';
import { invalid, problem } from '../../platform/errors.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { asBoolean, Id, QueryBoolean, strict, Type } from '../../platform/http/schema.ts';
import { FileName, importRoute, startImport, XML_OR_ZIP } from '../../platform/jobs/import-start.ts';
import type { JobUpload } from '../../platform/jobs/job-queue.ts';
import type { JobView } from '../../platform/jobs/job-view.ts';
import { writeOperation } from '../../platform/operation.ts';
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
  async run(context, { file: upload, bankAccountId, acceptSuspicious }) {
    const { tx, clientAccountId } = context;
    if (bankAccountId !== null) {
      const ours = await tx.maybe(sql`
        select 1 from bank_accounts where client_account_id = ${clientAccountId} and id = ${bankAccountId}
          and business_partner_id is null and is_active`);
      if (!ours)
        throw invalid([
          problem('bank_account_id', 'no such bank account of ours in use', 'ingen slik egen bankkonto i bruk'),
        ]);
    }
    const more = { bank_account_id: bankAccountId, accept_suspicious: acceptSuspicious };
    return startImport<BankImportInput>(context, { kind: BANK_IMPORT_JOB, clientAccountId, upload, more });
  },
});

export const bankImportRoutes: Route[] = [
  route({
    ...importRoute({
      access,
      consumes: ['text/plain', 'text/csv', ...XML_OR_ZIP],
      fileName: 'bankfil',
      errors: { no_jobs: bankingErrors.no_jobs, empty: bankingErrors.file_empty },
    }),
    path: '/banking/imports',
    tag: 'Imports',
    summary: 'Import a bank file (camt.053, camt.054, OCR giro, MT940, CSV; plain or in a ZIP) into a client account',
    operation: startBankImport,
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
      file_name: FileName,
    }),
    input: ({ query, request }) => ({
      file: request.body as JobUpload,
      bankAccountId: query.bank_account_id ?? null,
      acceptSuspicious: asBoolean(query.accept_suspicious, false),
    }),
  }),
];
