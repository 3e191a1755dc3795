import { BOOKKEEPERS } from '../platform/caller.ts';
import { invalid, problem } from '../platform/errors.ts';
import { route, type Route } from '../platform/http/route.ts';
import { asBoolean, Id, QueryBoolean, strict, Type } from '../platform/http/schema.ts';
import type { ImportInput } from '../platform/jobs/import-run.ts';
import { FileName, importRoute, isClientAccountId, startImport, XML_OR_ZIP } from '../platform/jobs/import-start.ts';
import type { JobUpload } from '../platform/jobs/job-queue.ts';
import type { JobView } from '../platform/jobs/job-view.ts';
import { type Access, writeOperation } from '../platform/operation.ts';
import { safTImportErrors } from './errors.ts';
import { SAF_T_IMPORT_JOB } from './import-job.ts';

interface StartInput {
  clientAccountId: number | null;
  file: JobUpload;
}

const access: Access = { kind: 'clients', scope: 'write:accounting', roles: BOOKKEEPERS };

/** Accepts the file and responds with the job that will import it. */
const startSafTImport = writeOperation<StartInput, JobView>({
  name: 'saf-t-import.start',
  access,
  run: (context, { clientAccountId, file: upload }) =>
    startImport<ImportInput>(context, { kind: SAF_T_IMPORT_JOB, clientAccountId, upload, more: {} }),
});

/** Either an existing client account or a new one (null). */
function target(query: { client_account_id?: string; new?: string }): number | null {
  const given = query.client_account_id;
  if ((given === undefined) === !asBoolean(query.new as 'true' | undefined, false)) {
    throw invalid([
      problem(
        'client_account_id',
        'give either client_account_id or new=true',
        'oppgi enten client_account_id eller new=true',
      ),
    ]);
  }
  if (given === undefined) return null;
  if (!isClientAccountId(given))
    throw invalid([problem('client_account_id', 'must be an integer', 'må være et heltall')]);
  return Number(given);
}

export const safTImportRoutes: Route[] = [
  route({
    ...importRoute({ access, consumes: XML_OR_ZIP, fileName: 'saf-t', errors: safTImportErrors, target }),
    path: '/imports/saf-t',
    tag: 'Imports',
    summary: 'Import the books of a SAF-T Financial file (XML or ZIP as the body) into a client account, or a new one',
    operation: startSafTImport,
    query: strict({ client_account_id: Type.Optional(Id), new: Type.Optional(QueryBoolean), file_name: FileName }),
    input: ({ query, request }) => ({
      clientAccountId: query.client_account_id ?? null,
      file: request.body as JobUpload,
    }),
  }),
];
