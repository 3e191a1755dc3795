import sql from 'sql-template-tag';
import { type Transaction, violatedConstraint } from '../../platform/database/pool.ts';
import { invalid, problem, requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { type APPROVAL, contractJson, contractRows } from './contract.ts';
import { auditParties, requireClientAccounts, requireOneSide, requireProvider, sidesOf } from './contract-party.ts';
import type { ProviderType } from '../access/caller-load.ts';
import { tenancyErrors } from '../errors.ts';

export interface ContractTerms {
  service_provided?: string | null;
  start_date?: string | null;
  end_date?: string | null;
}

export interface ContractRequest extends ContractTerms {
  /** The requested kind of service, if given: it must be one that the firm provides. */
  provider_type?: ProviderType;
  client_account_id: number;
  provider_client_account_id: number;
}

/** Requests a contract, as the client's owner or for the firm. It gives no access until the other party approves. */
export const requestContract = writeOperation({
  name: 'contracts.create',
  access: { kind: 'user', scope: 'write:accounting' },
  async run({ tx, caller, audit }, request: ContractRequest) {
    await requireClientAccounts(tx, [request.client_account_id]);
    await requireProvider(tx, request.provider_client_account_id);
    const sides = await sidesOf(tx, caller, request);
    requireOneSide(sides);
    await tx.see([request.client_account_id, request.provider_client_account_id]);
    const by = sides.provider ? request.provider_client_account_id : request.client_account_id;
    const id = await insertContract(tx, request, { by, userId: caller.userId, status: 'PENDING' });
    const [row] = await contractRows(tx, sql`c.id = ${id}`, sql``);
    const after = contractJson(row!, { client: false, provider: false });
    auditParties(audit, { before: null, after });
    return after;
  },
});

export async function insertContract(
  tx: Transaction,
  request: ContractRequest,
  { by, userId, status }: { by: number; userId: number; status: (typeof APPROVAL)[number] },
): Promise<number> {
  requireOrder(request);
  if (request.client_account_id === request.provider_client_account_id)
    throw invalid([
      problem('provider_client_account_id', 'must be another client account', 'må være en annen klientkonto'),
    ]);
  const providerId = request.provider_client_account_id;
  try {
    const { id } = await tx.one<{ id: number }>(sql`
      insert into contracts (client_account_id, provider_client_account_id, service_provided, start_date, end_date,
        approval_status, created_by_id, requested_by_client_account_id)
      values (${request.client_account_id}, ${providerId}, ${request.service_provided ?? null},
        ${request.start_date ?? null}, ${request.end_date ?? null}, ${status}, ${userId}, ${by})
      returning id`);
    // Read only now: the new row keeps the firm's record from changing until this transaction ends.
    const firm = await tx.one<{ is_provider: boolean; provider_type: ProviderType | null }>(sql`
      select is_provider, provider_type from client_accounts where id = ${providerId}`);
    if (!firm.is_provider) throw tenancyErrors.not_a_provider({ client_account_id: providerId });
    const kind = firm.provider_type ?? 'ACCOUNTANT';
    if (request.provider_type !== undefined && request.provider_type !== kind)
      throw invalid([problem('provider_type', `the firm is ${kind}`, `firmaet er ${kind}`)]);
    await tx.execute(sql`update contracts set provider_type = ${kind} where id = ${id}`);
    return id;
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (constraint === 'contracts_open') throw tenancyErrors.contract_exists();
    // Removed meanwhile.
    if (constraint?.startsWith('contracts_') && constraint.endsWith('_fkey'))
      throw requestErrors.not_found({ what: 'Client account' });
    throw error;
  }
}

export function requireOrder({ start_date: start, end_date: end }: ContractTerms): void {
  if (start && end && end < start)
    throw invalid([problem('end_date', 'must not be before start_date', 'kan ikke være før start_date')]);
}
