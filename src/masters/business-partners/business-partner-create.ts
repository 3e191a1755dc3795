import sql from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import { writeOperation } from '../../platform/operation.ts';
import { PARTNER_COLUMNS, type PartnerChanges, type PartnerRow, partnerView } from './business-partner.ts';
import { partnerColumns, withCodeFaults } from './business-partner-check.ts';

/** Creates a customer, supplier, employee or other counterparty with the next number; numbers have no gaps. */
export const createBusinessPartner = writeOperation({
  name: 'business-partner.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: PartnerChanges & { name: string }) {
    const { tx, clientAccountId, caller, now } = context;
    const columns = await partnerColumns(tx, clientAccountId, input, {
      is_organization: input.is_organization ?? true,
      organization_number: null,
      country: input.address?.country ?? null,
    });
    // Takes the row lock of the client account, so that no other transaction reads the same highest number.
    const id = await takeIds(tx, clientAccountId);
    const { next } = await tx.one<{ next: number }>(sql`
      select coalesce(max(sequence_number), 0) + 1 as next from business_partners
      where client_account_id = ${clientAccountId}`);
    const row = await withCodeFaults(() =>
      tx.one<PartnerRow>(sql`
        insert into business_partners ${insertion({
          ...columns,
          client_account_id: clientAccountId,
          id,
          sequence_number: next,
          created_at: now,
          created_by_id: caller.userId,
          updated_at: now,
          updated_by_id: caller.userId,
        })}
        returning ${PARTNER_COLUMNS}`),
    );
    const view = partnerView(row);
    context.audit({ recordType: 'business_partner', recordId: id, after: view });
    return view;
  },
});
