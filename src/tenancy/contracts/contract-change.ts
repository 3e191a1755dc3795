import sql from 'sql-template-tag';
import { addDays, dateInNorway } from '../../kernel/local-date.ts';
import { requestErrors } from '../../platform/errors.ts';
import { type Context, writeOperation } from '../../platform/operation.ts';
import { changesAccess } from '../access/caller-cache.ts';
import { type APPROVAL, contractJson, type ContractRow, contractRows } from './contract.ts';
import { auditParties, requireOneSide, type Sides, sidesOf } from './contract-party.ts';
import { type ContractTerms, requireOrder } from './contract-request.ts';
import { tenancyErrors } from '../errors.ts';

export interface ContractChanges extends ContractTerms {
  approval_status?: (typeof APPROVAL)[number];
  /** The version of the terms that the caller has seen. */
  version?: number;
}

const TERMS = ['service_provided', 'start_date', 'end_date'] as const;
const BARE = { client: false, provider: false };

/**
 * Approves, rejects, ends or edits a contract.
 *
 * The receiving party decides a pending request; the requesting party may edit or withdraw it (REJECTED). Approval
 * names the version of the terms that the approver has seen; without one it applies to the first version. An approved
 * contract is ended at once by either party (REJECTED) or on a date: both may bring its end forward, only the client
 * may put it off. The other terms of a decided contract cannot change. Approval of another kind of service ends the
 * existing contract between the parties.
 */
export const changeContract = changesAccess(
  writeOperation({
    name: 'contracts.change',
    access: { kind: 'user', scope: 'write:accounting' },
    async run(context, { id, changes }: { id: number; changes: ContractChanges }) {
      const { tx, caller, audit } = context;
      const before = await lockContract(context, id);
      requireAllowed(before, await sidesOf(tx, caller, before), changes);
      const next = after(before, changes);
      requireOrder(next);
      await store(context, next);
      if (next.approval_status === 'APPROVED' && before.approval_status === 'PENDING')
        await endOtherKinds(context, next);
      auditParties(audit, { before: contractJson(before, BARE), after: contractJson(next, BARE) });
      return contractJson(next, BARE);
    },
  }),
);

/**
 * Locked for one of its parties, whose rows the transaction may write from then on. Throws 404, and 403 for any other
 * caller.
 */
async function lockContract({ tx, caller }: Context, id: number): Promise<ContractRow> {
  const [found] = await contractRows(tx, sql`c.id = ${id}`, sql``);
  if (!found) throw requestErrors.not_found({ what: 'Contract' });
  requireOneSide(await sidesOf(tx, caller, found));
  await tx.see([found.client_account_id, found.provider_client_account_id]);
  await tx.execute(sql`select 1 from contracts where id = ${id} for update`);
  const [locked] = await contractRows(tx, sql`c.id = ${id}`, sql``);
  if (!locked) throw requestErrors.not_found({ what: 'Contract' });
  return locked;
}

function after(before: ContractRow, changes: ContractChanges): ContractRow {
  return {
    ...before,
    approval_status: changes.approval_status ?? before.approval_status,
    service_provided: changes.service_provided === undefined ? before.service_provided : changes.service_provided,
    start_date: changes.start_date === undefined ? before.start_date : changes.start_date,
    end_date: changes.end_date === undefined ? before.end_date : changes.end_date,
    version: before.version + (changedTerms(before, changes).length > 0 ? 1 : 0),
  };
}

async function store({ tx }: Context, next: ContractRow): Promise<void> {
  await tx.execute(sql`
    update contracts set approval_status = ${next.approval_status}, service_provided = ${next.service_provided},
      start_date = ${next.start_date}, end_date = ${next.end_date}, version = ${next.version}
    where id = ${next.id}`);
}

/** A firm cannot both keep and audit a client's books: the kind agreed last ends the other one when it begins. */
async function endOtherKinds(context: Context, approved: ContractRow): Promise<void> {
  const { tx, now, audit } = context;
  const parties = sql`c.client_account_id = ${approved.client_account_id}
    and c.provider_client_account_id = ${approved.provider_client_account_id}`;
  const others = await contractRows(
    tx,
    sql`${parties} and c.id <> ${approved.id} and c.approval_status = 'APPROVED'
      and c.provider_type is distinct from ${approved.provider_type}`,
    sql`order by c.id for update of c`,
  );
  const from = approved.start_date;
  for (const other of others) {
    const later = from !== null && from > dateInNorway(now) && (other.start_date === null || other.start_date < from);
    const lastDay = later ? addDays(from, -1) : null;
    if (lastDay && other.end_date && other.end_date <= lastDay) continue;
    const ended: ContractRow = lastDay
      ? { ...other, end_date: lastDay, version: other.version + 1 }
      : { ...other, approval_status: 'REJECTED' };
    await store(context, ended);
    auditParties(audit, { before: contractJson(other, BARE), after: contractJson(ended, BARE) });
  }
}

function changedTerms(before: ContractRow, changes: ContractChanges) {
  return TERMS.filter((name) => changes[name] !== undefined && changes[name] !== before[name]);
}

function requireAllowed(before: ContractRow, sides: Sides, changes: ContractChanges): void {
  requireOneSide(sides);
  const changed = changedTerms(before, changes);
  const askedByProvider = before.requested_by_client_account_id === before.provider_client_account_id;
  const asker = askedByProvider ? sides.provider : sides.client;
  const other = askedByProvider ? sides.client : sides.provider;
  if (before.approval_status === 'PENDING') {
    if (changes.approval_status === 'APPROVED' && !other) throw tenancyErrors.contract_own_request();
    if (changed.length > 0 && !asker) throw tenancyErrors.contract_terms_not_yours();
    // A caller who represents both parties may edit and approve, but not in one step: the approver must have seen the
    // terms.
    if (changed.length > 0 && changes.approval_status === 'APPROVED') throw tenancyErrors.contract_terms_not_yours();
    requireSeen(before, changes);
    return;
  }
  const ends = before.approval_status === 'APPROVED' && changes.approval_status === 'REJECTED';
  if (changes.approval_status !== undefined && !ends)
    throw tenancyErrors.contract_not_pending({ approval_status: before.approval_status });
  if (changed.some((name) => name !== 'end_date')) throw tenancyErrors.contract_terms_fixed();
  requireSeen(before, changes);
  if (changed.length === 0) return;
  if (before.approval_status === 'REJECTED') throw tenancyErrors.contract_terms_fixed();
  const sooner = changes.end_date != null && (before.end_date === null || changes.end_date < before.end_date);
  if (!sooner && !sides.client) throw tenancyErrors.contract_extension();
}

function requireSeen({ version }: ContractRow, changes: ContractChanges): void {
  const seen = changes.version ?? (changes.approval_status === 'APPROVED' ? 1 : version);
  if (seen !== version) throw tenancyErrors.contract_terms_changed({ version });
}
