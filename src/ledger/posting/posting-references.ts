import type { Transaction } from '../../platform/database/pool.ts';
import { AppError, type FieldProblem, problem } from '../../platform/errors.ts';
import { numberArray } from '../../platform/database/arrays.ts';
import { membersOf, unknownMembers } from '../dimension-sets.ts';
import type { PreparedEntry } from '../entries/prepared-entry.ts';
import { entryRefusal } from '../entries/entry-refusal.ts';
import type { Masters } from '../masters.ts';
import type { Accepted, Posting } from './posting-job.ts';
import type { NamedRecords } from './posting-records.ts';
import { FIND_PARTNERS } from './posting-statements.ts';

/**
 * Business partners, vouchers and dimension values that an entry names must exist and be active; otherwise the entry is
 * refused. A counter-entry repeats accepted values and is not checked again.
 */
export async function refuseUnknownRecords(
  tx: Transaction,
  accepted: Accepted[],
  records: NamedRecords,
): Promise<void> {
  // All queries are sent at once.
  const answers = await Promise.all(accepted.map((one) => askUnknown(tx, one, records)));
  for (const [at, { job, postings, masters, results }] of accepted.entries()) {
    const vouchers = records.vouchers.get(job.clientAccountId);
    const strangers = answers[at]!;
    results.forEach((result, i) => {
      if (result instanceof AppError || result.cancelsEntryId !== null) return;
      const problems: FieldProblem[] = [];
      if (result.voucherId !== null && !vouchers?.has(result.voucherId)) {
        problems.push(
          problem('voucher_id', `unknown voucher ${result.voucherId}`, `ukjent bilagsdokument ${result.voucherId}`),
        );
      }
      for (const line of result.lines) {
        if (line.sourceIndex === null) continue;
        const path = `lines[${line.sourceIndex}]`;
        if (line.businessPartnerId !== null && !masters.partners.has(line.businessPartnerId)) {
          problems.push(
            problem(
              `${path}.business_partner_id`,
              `unknown or inactive business partner ${line.businessPartnerId}`,
              `ukjent eller inaktiv forretningspartner ${line.businessPartnerId}`,
            ),
          );
        }
        for (const member of line.dimensionKey && !masters.sets.has(line.dimensionKey)
          ? membersOf(line.dimensionKey)
          : []) {
          if (member.type === 'business_partner' || !strangers.has(`${member.type}:${member.id}`)) continue;
          problems.push(
            problem(
              `${path}.${dimensionField(postings[i]!, line.sourceIndex, member)}`,
              `unknown or inactive ${member.type} ${member.id}`,
              `ukjent eller inaktiv ${member.type} ${member.id}`,
            ),
          );
        }
      }
      if (problems.length > 0) results[i] = entryRefusal(problems);
    });
  }
}

/** Finds the dimension values in the new sets of these entries that are not in use; also caches the partners found. */
async function askUnknown(
  tx: Transaction,
  { job, masters, results }: Accepted,
  records: NamedRecords,
): Promise<Set<string>> {
  const fresh = results.filter(
    (result): result is PreparedEntry => !(result instanceof AppError) && result.cancelsEntryId === null,
  );
  const sets = new Set<string>();
  for (const entry of fresh) {
    for (const line of entry.lines)
      if (line.dimensionKey && !masters.sets.has(line.dimensionKey)) sets.add(line.dimensionKey);
  }
  for (const id of records.partners.get(job.clientAccountId) ?? []) masters.partners.add(id);
  const learning = learnPartners(tx, masters, fresh);
  const strangers = sets.size > 0 ? await unknownMembers(tx, job.clientAccountId, [...sets]) : new Set<string>();
  await learning;
  return strangers;
}

/** The path at which the caller named the value, if the line is the caller's. */
function dimensionField(posting: Posting, line: number, { type, id }: { type: string; id: number }): string {
  const written = posting.kind === 'input' ? (posting.input.lines[line]?.dimensions ?? []) : [];
  const at = written.findIndex((each) => each.type === type && each.id === id);
  return at < 0 ? 'dimensions' : `dimensions[${at}].id`;
}

/** Caches partners again that the cached masters knew when the entry was read, if that copy proved outdated since. */
async function learnPartners(tx: Transaction, masters: Masters, entries: readonly PreparedEntry[]): Promise<void> {
  const missing = new Set<number>();
  for (const { lines } of entries)
    for (const { businessPartnerId } of lines)
      if (businessPartnerId !== null && !masters.partners.has(businessPartnerId)) missing.add(businessPartnerId);
  if (missing.size === 0) return;
  const owners = numberArray([...missing].map(() => masters.clientAccountId));
  const rows = await tx.named<{ id: number }>('find-partners', FIND_PARTNERS, [owners, numberArray([...missing])]);
  for (const { id } of rows) masters.partners.add(id);
}
