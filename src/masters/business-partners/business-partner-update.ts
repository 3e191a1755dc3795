import sql from 'sql-template-tag';
import { mastersChanged } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { assignments } from '../../platform/database/columns.ts';
import { type Context, writeOperation } from '../../platform/operation.ts';
import {
  findPartner,
  PARTNER_COLUMNS,
  type PartnerChanges,
  type PartnerRow,
  type PartnerView,
  partnerView,
} from './business-partner.ts';
import { partnerColumns, withCodeFaults } from './business-partner-check.ts';
import { refuseOpenBalances } from '../dimensions/dimension-balances.ts';

/** Changes the given fields; omitted fields stay. Errors: masters.has_balance. */
export const updateBusinessPartner = writeOperation({
  name: 'business-partner.update',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  run: (context, input: { id: number; changes: PartnerChanges }) => changePartner(context, input.id, input.changes),
});

export async function changePartner(context: Context, id: number, changes: PartnerChanges): Promise<PartnerView> {
  const { tx, clientAccountId, caller, now } = context;
  // Activation affects postings: take the row lock of the client account before anything is read.
  if (changes.is_active !== undefined) await mastersChanged(tx, clientAccountId);
  const before = await findPartner(tx, clientAccountId, id, sql`for update`);
  const columns = await partnerColumns(tx, clientAccountId, changes, {
    is_organization: changes.is_organization ?? before.is_organization,
    organization_number: before.organization_number,
    country: (changes.address === undefined ? before.address : changes.address)?.country ?? null,
  });
  if (changes.is_active === false && before.is_active) {
    await refuseOpenBalances(tx, clientAccountId, 'business_partner', id, {
      nb: 'forretningspartneren',
      en: 'business partner',
    });
  }
  const row = await withCodeFaults(() =>
    tx.one<PartnerRow>(sql`
      update business_partners set ${assignments({ ...columns, updated_at: now, updated_by_id: caller.userId })}
      where client_account_id = ${clientAccountId} and id = ${id}
      returning ${PARTNER_COLUMNS}`),
  );
  const after = partnerView(row);
  context.audit({ recordType: 'business_partner', recordId: id, before, after });
  return after;
}
