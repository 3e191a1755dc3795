import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import type { Database, Transaction } from '../../platform/database/pool.ts';
import { packageRoot } from '../../platform/package-root.ts';
import { readVatReport, type VatReport } from '../../reports/index.ts';
import { vatReturnErrors } from '../errors.ts';
import { remarkRows, remarksOf } from './remarks.ts';
import { type Category, messageOf, type ReturnMessage } from './return-message.ts';
import { returnLines } from './return-lines.ts';
import { type Term, type TermName, termOf } from '../terms/term.ts';

export interface MessageQuestion {
  term: Term;
  category: Category;
  kid: string | null;
  /** Our own reference of the return; derived from the term if not given. */
  reference?: string;
}

let version: string | undefined;
function programVersion(): string {
  return (version ??= (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string })
    .version);
}

/** Throws 422 for days that are not a term. */
export function requireTerm({ from, to }: Term): TermName {
  const term = termOf({ from, to });
  if (!term) throw vatReturnErrors.not_a_term({ from_date: from, to_date: to });
  return term;
}

/** The whole return of a term from the posted VAT: always complete, never a supplement. Throws 422. */
export async function readMessage(
  context: { tx: Transaction; database: Database; clientAccountId: number; now: Date },
  { term: { from, to }, category, kid, reference }: MessageQuestion,
): Promise<{ message: ReturnMessage; report: VatReport }> {
  const { tx, clientAccountId } = context;
  const term = requireTerm({ from, to });
  const report = await readVatReport(context, { range: { from, to }, asOf: null });
  const remarks = remarksOf(await remarkRows(tx, clientAccountId, term));
  const organizationNumber = await organizationNumberOf(tx, clientAccountId);
  if (!organizationNumber) throw vatReturnErrors.organization_number_missing();
  const message = messageOf({
    reference: reference ?? `${clientAccountId}-${from}-${to}`,
    system: { name: 'Hovedbok', version: programVersion() },
    term,
    lines: returnLines(report.rows, remarks.of),
    kid,
    organizationNumber,
    category,
    remark: remarks.whole,
  });
  return { message, report };
}

export async function organizationNumberOf(tx: Transaction, clientAccountId: number): Promise<string | null> {
  const row = await tx.one<{ number: string | null }>(sql`
    select coalesce(o.organization_number, a.organization_number) as number
    from client_accounts a left join organizations o on o.id = a.organization_id where a.id = ${clientAccountId}`);
  return row.number;
}
