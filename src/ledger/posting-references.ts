import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';
import { AppError, type FieldProblem, problem } from '../platform/errors.ts';
import { membersOf, unknownMembers } from './dimension-sets.ts';
import type { PreparedEntry } from './entry-check.ts';
import { entryRefusal } from './entry-refusal.ts';
import { numberArray } from './pg-array.ts';
import type { Accepted } from './posting-job.ts';

/**
 * Business partners, vouchers and dimension values that an entry names must exist and be active; an entry that names
 * another is refused. A counter-entry repeats what was accepted once and is not asked again.
 */
export async function refuseUnknownRecords(tx: Transaction, accepted: Accepted[]): Promise<void> {
  for (const { job, masters, results } of accepted) {
    const fresh = results.filter(
      (result): result is PreparedEntry => !(result instanceof AppError) && result.cancelsEntryId === null,
    );
    const partners = new Set<number>();
    const vouchers = new Set<number>();
    const sets = new Set<string>();
    for (const entry of fresh) {
      if (entry.voucherId !== null) vouchers.add(entry.voucherId);
      for (const line of entry.lines) {
        if (line.businessPartnerId !== null && !masters.partners.has(line.businessPartnerId))
          partners.add(line.businessPartnerId);
        if (line.dimensionKey && !masters.sets.has(line.dimensionKey)) sets.add(line.dimensionKey);
      }
    }
    if (partners.size + vouchers.size + sets.size === 0) continue;
    const knownVouchers = await existing(tx, job.clientAccountId, 'vouchers', vouchers);
    for (const id of await existing(tx, job.clientAccountId, 'partners', partners)) masters.partners.add(id);
    const strangers = sets.size > 0 ? await unknownMembers(tx, job.clientAccountId, [...sets]) : new Set<string>();
    results.forEach((result, i) => {
      if (result instanceof AppError || result.cancelsEntryId !== null) return;
      const problems: FieldProblem[] = [];
      if (result.voucherId !== null && !knownVouchers.has(result.voucherId)) {
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
              `${path}.dimensions`,
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

async function existing(
  tx: Transaction,
  clientAccountId: number,
  what: 'vouchers' | 'partners',
  ids: ReadonlySet<number>,
): Promise<Set<number>> {
  if (ids.size === 0) return new Set();
  const list = numberArray([...ids]);
  const query =
    what === 'partners'
      ? sql`select id from business_partners where client_account_id = ${clientAccountId} and id = any(${list}::bigint[]) and is_active`
      : sql`select id from vouchers where client_account_id = ${clientAccountId} and id = any(${list}::bigint[]) and status <> 'DELETED'`;
  return new Set((await tx.rows<{ id: number }>(query)).map(({ id }) => id));
}
