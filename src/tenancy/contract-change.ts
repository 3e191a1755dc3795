import sql from 'sql-template-tag';
import { requestErrors } from '../platform/errors.ts';
import { writeOperation } from '../platform/operation.ts';
import { changesAccess } from './caller-cache.ts';
import { type APPROVAL, contractJson, type ContractRow, contractRows } from './contract.ts';
import { requireOneSide, type Sides, sidesOf } from './contract-party.ts';
import { type ContractTerms, requireOrder } from './contract-request.ts';
import { tenancyErrors } from './errors.ts';

export interface ContractChanges extends ContractTerms {
  approval_status?: (typeof APPROVAL)[number];
}

const TERMS = ['service_provided', 'start_date', 'end_date'] as const;

/**
 * Approves, rejects, ends or edits a contract.
 *
 * A pending request is decided by the party that did not ask, and edited by the one that did, who may also withdraw it
 * (REJECTED). An approved contract is ended at once by either party (REJECTED) or on a date: both may bring its end
 * forward, only the client may put it off. Other terms of a decided contract stay as agreed.
 */
export const changeContract = changesAccess(
  writeOperation({
    name: 'contracts.change',
    access: { kind: 'user', scope: 'write:accounting' },
    async run({ tx, caller, audit }, { id, changes }: { id: number; changes: ContractChanges }) {
      await tx.execute(sql`select 1 from contracts where id = ${id} for update`);
      const [before] = await contractRows(tx, sql`c.id = ${id}`, sql``);
      // A contract that the caller has no part in looks the same whether it exists or not.
      if (!before) throw requestErrors.no_access();
      const sides = await sidesOf(tx, caller, before);
      requireOneSide(sides);
      requireAllowed(before, sides, changes);
      const next = { ...before, ...changes };
      requireOrder(next);
      await tx.execute(sql`
        update contracts set approval_status = ${next.approval_status}, service_provided = ${next.service_provided},
          start_date = ${next.start_date}, end_date = ${next.end_date}
        where id = ${id}`);
      const bare = { client: false, provider: false };
      audit({
        recordType: 'contract',
        recordId: id,
        before: contractJson(before, bare),
        after: contractJson(next, bare),
      });
      return contractJson(next, bare);
    },
  }),
);

function requireAllowed(before: ContractRow, sides: Sides, changes: ContractChanges): void {
  const changed = TERMS.filter((name) => changes[name] !== undefined && changes[name] !== before[name]);
  const decides = changes.approval_status !== undefined && changes.approval_status !== before.approval_status;
  const askedByProvider = before.requested_by_client_account_id === before.provider_client_account_id;
  const asker = askedByProvider ? sides.provider : sides.client;
  const other = askedByProvider ? sides.client : sides.provider;
  if (before.approval_status === 'PENDING') {
    if (changes.approval_status === 'APPROVED' && !other) throw tenancyErrors.contract_own_request();
    if (changed.length > 0 && !asker) throw tenancyErrors.contract_terms_not_yours();
    // Whoever speaks for both may edit and approve, but not in one step: what is approved has been seen.
    if (changed.length > 0 && changes.approval_status === 'APPROVED') throw tenancyErrors.contract_terms_not_yours();
    return;
  }
  const ends = before.approval_status === 'APPROVED' && changes.approval_status === 'REJECTED';
  if (decides && !ends) throw tenancyErrors.contract_not_pending({ approval_status: before.approval_status });
  if (changed.some((name) => name !== 'end_date')) throw tenancyErrors.contract_terms_fixed();
  if (changed.length === 0) return;
  if (before.approval_status === 'REJECTED') throw tenancyErrors.contract_terms_fixed();
  const sooner = changes.end_date != null && (before.end_date === null || changes.end_date < before.end_date);
  if (!sooner && !sides.client) throw tenancyErrors.contract_extension();
}
