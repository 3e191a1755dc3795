import { EVERY_ROLE } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { findVoucher } from './voucher.ts';
import { attachVoucherRelations } from './voucher-relations.ts';

export const getVoucher = readOperation({
  name: 'voucher.get',
  access: { kind: 'client', scope: 'read:accounting', roles: EVERY_ROLE },
  async run({ tx, clientAccountId, caller }, input: { id: number; with: ReadonlySet<string> }) {
    const voucher = await findVoucher(tx, clientAccountId, input.id, caller);
    await attachVoucherRelations(tx, [voucher], input.with);
    return voucher;
  },
});
