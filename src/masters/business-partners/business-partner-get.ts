import { READERS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { findPartner } from './business-partner.ts';
import { attachPartnerRelations } from './business-partner-list.ts';

export const getBusinessPartner = readOperation({
  name: 'business-partner.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { id: number; with: ReadonlySet<string> }) {
    const partner = await findPartner(tx, clientAccountId, input.id);
    await attachPartnerRelations(tx, clientAccountId, [partner], input.with);
    return partner;
  },
});
