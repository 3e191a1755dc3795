import { READERS } from '../../platform/caller.ts';
import { type Operation, readOperation } from '../../platform/operation.ts';
import type { PrintContext } from './printable-report.ts';

/** What a report is read from. */
export type ReportContext = Omit<PrintContext, 'language'>;

/** The operation of a report, for every user who may read the books. */
export function reportOperation<Q, R>(
  name: string,
  read: (context: ReportContext, question: Q) => Promise<R>,
): Operation<Q, R> {
  return readOperation({
    name,
    access: { kind: 'client', scope: 'read:accounting', roles: READERS },
    run: ({ platform, tx, clientAccountId, now }, question: Q) =>
      read({ tx, database: platform.database, clientAccountId, now }, question),
  });
}
