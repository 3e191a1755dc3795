import type { Transaction } from '../../platform/database/pool.ts';
import { numberArray } from '../../platform/database/arrays.ts';
import type { MastersCache } from '../masters.ts';
import type { AskedJob } from './posting-job.ts';
import * as statements from './posting-statements.ts';

interface RecordRow {
  client_account_id: number;
  id: number;
}

/** Vouchers that are not deleted and active business partners, by client account, among those that the entries name. */
export interface NamedRecords {
  vouchers: ReadonlyMap<number, ReadonlySet<number>>;
  partners: ReadonlyMap<number, ReadonlySet<number>>;
}

/**
 * Queries the records that entries name, before the entries are checked: in the round trip that takes the lock, so that
 * naming a voucher costs no extra one. Partners in the cached masters are not queried.
 */
export async function askNamedRecords(
  tx: Transaction,
  jobs: readonly AskedJob[],
  cache: MastersCache,
): Promise<NamedRecords> {
  const vouchers = new Wanted();
  const partners = new Wanted();
  for (const { job, postings } of jobs) {
    const { clientAccountId } = job;
    const known = cache.known(clientAccountId)?.partners;
    for (const posting of postings) {
      if (posting.kind === 'input') {
        vouchers.add(clientAccountId, posting.input.voucherId);
        for (const line of posting.input.lines) {
          const partner = line.businessPartnerId;
          if (partner != null && !known?.has(partner)) partners.add(clientAccountId, partner);
        }
      } else if (posting.entry.cancelsEntryId === null) {
        vouchers.add(clientAccountId, posting.entry.voucherId);
        for (const { businessPartnerId } of posting.entry.lines) partners.add(clientAccountId, businessPartnerId);
      }
    }
  }
  const [foundVouchers, foundPartners] = await Promise.all([
    vouchers.find(tx, 'find-vouchers', statements.FIND_VOUCHERS),
    partners.find(tx, 'find-partners', statements.FIND_PARTNERS),
  ]);
  return { vouchers: foundVouchers, partners: foundPartners };
}

class Wanted {
  readonly #owners: number[] = [];
  readonly #ids: number[] = [];

  add(clientAccountId: number, id: number | null | undefined): void {
    if (!Number.isSafeInteger(id)) return;
    this.#owners.push(clientAccountId);
    this.#ids.push(id!);
  }

  async find(tx: Transaction, name: string, text: string): Promise<Map<number, Set<number>>> {
    const found = new Map<number, Set<number>>();
    if (this.#ids.length === 0) return found;
    const rows = await tx.named<RecordRow>(name, text, [numberArray(this.#owners), numberArray(this.#ids)]);
    for (const { client_account_id, id } of rows) {
      const own = found.get(client_account_id);
      if (own) own.add(id);
      else found.set(client_account_id, new Set([id]));
    }
    return found;
  }
}
