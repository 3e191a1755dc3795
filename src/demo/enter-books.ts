import { assert } from '../kernel/assert.ts';
import { chooseClassAccounts, createAsset, setDepreciationPlan } from '../assets/index.ts';
import {
  cancelEntry,
  createDraft,
  createPeriodLock,
  LARGEST_BULK,
  postNewEntries,
  writtenEntry,
} from '../ledger/index.ts';
import { createBusinessPartner, createDepartment, createProject } from '../masters/index.ts';
import type { LocalDate } from '../kernel/local-date.ts';
import type { Platform } from '../platform/operation.ts';
import type { Actor } from './actor.ts';
import { draftInput, entryInput, type MasterIds } from './entry-input.ts';
import { createBankAccounts, importBankFiles } from './import-bank-files.ts';
import { reconcileBank } from './reconcile-bank.ts';
import type { StoryCompany, StoryValue } from './story/company.ts';
import { uploadVouchers } from './upload-vouchers.ts';

export interface Staff {
  bookkeeper: Actor;
  accountant: Actor;
  bookkeeperId: number;
  platform: Platform;
  /** The last day of the story. */
  today: LocalDate;
}

/** Enters a company's masters, entries, corrections, drafts and lock, as the firm's users would have done. */
export async function enterBooks(staff: Staff, clientAccountId: number, company: StoryCompany): Promise<void> {
  const { bookkeeper, accountant } = staff;
  const ids = await createMasters(bookkeeper, clientAccountId, company);
  const vouchers = await uploadVouchers(bookkeeper, staff.platform.files, clientAccountId, company.entries);
  const entryIds = await postAll(bookkeeper, clientAccountId, company, ids, vouchers);
  for (const [index, entry] of company.entries.entries()) {
    if (!entry.cancelledBecause) continue;
    const id = entryIds[index];
    assert(id !== undefined, 'every entry was posted');
    await bookkeeper.run(cancelEntry, clientAccountId, `cancel ${index}`, { id, reason: entry.cancelledBecause });
  }
  await importBankFiles({ ...staff, userId: staff.bookkeeperId }, clientAccountId, company);
  await reconcileBank(bookkeeper, clientAccountId, ids.bankAccounts.values(), staff.today);
  for (const [index, draft] of company.drafts.entries())
    await bookkeeper.run(createDraft, clientAccountId, `draft ${index}`, {
      draft: writtenEntry(draftInput(draft, ids)),
      language: 'nb',
    });
  if (company.lock) {
    const { until, comment } = company.lock;
    await accountant.run(createPeriodLock, clientAccountId, 'lock', { lockedUntilDate: until, comment });
  }
}

async function createMasters(bookkeeper: Actor, clientAccountId: number, company: StoryCompany): Promise<MasterIds> {
  const partners = new Map<string, number>();
  for (const { key, ...partner } of company.partners)
    partners.set(key, (await bookkeeper.run(createBusinessPartner, clientAccountId, `partner ${key}`, partner)).id);
  const make = async (kind: string, operation: typeof createDepartment, values: StoryValue[]) => {
    const made = new Map<string, number>();
    for (const { key, name } of values) {
      const { id } = await bookkeeper.run<{ name: string }, { id: number }>(
        operation,
        clientAccountId,
        `${kind} ${key}`,
        { name },
      );
      made.set(key, id);
    }
    return made;
  };
  return {
    partners,
    departments: await make('department', createDepartment, company.departments),
    projects: await make('project', createProject, company.projects),
    assets: await registerAssets(bookkeeper, clientAccountId, company),
    bankAccounts: await createBankAccounts(bookkeeper, clientAccountId, company),
  };
}

/** The asset register, with the accounts that the company uses and each asset's own plan. */
async function registerAssets(
  bookkeeper: Actor,
  clientAccountId: number,
  { assets, assetAccounts }: StoryCompany,
): Promise<Map<string, number>> {
  for (const [code, [asset, accumulated, expense]] of Object.entries(assetAccounts))
    await bookkeeper.run(chooseClassAccounts, clientAccountId, `asset class ${code}`, {
      code,
      accounts: { asset, accumulated, expense },
      language: 'nb',
    });
  const made = new Map<string, number>();
  for (const { key, name, assetClass, acquired, retired, plan } of assets) {
    const { id } = await bookkeeper.run(createAsset, clientAccountId, `asset ${key}`, {
      name,
      asset_class: assetClass,
      acquisition_date: acquired,
      retirement_date: retired,
    });
    // Assets from before the story were depreciated before it; none is posted until the story begins.
    const before = plan && acquired < plan.from ? [{ from: null, months: null }] : [];
    for (const { from, months } of [...before, plan ?? { from: null, months: null }])
      await bookkeeper.run(setDepreciationPlan, clientAccountId, `plan ${key} ${from ?? ''}`, {
        id,
        validFrom: from,
        method: months === null ? 'none' : 'linear',
        convention: null,
        rate: null,
        lifeMonths: months,
        residual: 0n,
      });
    made.set(key, id);
  }
  return made;
}

/** Ids of the entries, in the order of the story. */
async function postAll(
  bookkeeper: Actor,
  clientAccountId: number,
  { entries }: StoryCompany,
  ids: MasterIds,
  vouchers: ReadonlyMap<number, number>,
): Promise<number[]> {
  const posted: number[] = [];
  for (let from = 0; from < entries.length; from += LARGEST_BULK) {
    const batch = entries
      .slice(from, from + LARGEST_BULK)
      .map((entry, i) => entryInput(entry, ids, vouchers.get(from + i)));
    const { results } = await bookkeeper.run(postNewEntries, clientAccountId, `entries ${from}`, {
      entries: batch,
      mode: 'all',
      language: 'nb',
    });
    for (const { id } of results) {
      assert(id !== null, 'entries posted together are all posted');
      posted.push(id);
    }
  }
  return posted;
}
