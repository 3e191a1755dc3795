import sql from 'sql-template-tag';
import { assert } from '../kernel/assert.ts';
import { addMonths, type LocalDate, startOfMonth } from '../kernel/local-date.ts';
import { formatAmount, type Ore, ore, parseAmount } from '../kernel/money.ts';
import {
  type EntryView,
  type NewEntry,
  type NewLine,
  postingOperation,
  readFiscalCalendar,
  type Recording,
  takeIds,
  unknownReferences,
} from '../ledger/index.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { invalid, requestErrors } from '../platform/errors.ts';
import { Id, DateText, nullable, type Static, strict, Type } from '../platform/http/schema.ts';
import { type AssetRow, findAsset } from './asset.ts';
import { standingDisposal, touchAsset } from './standing-disposal.ts';
import { assetClass, type ClassAccounts } from './asset-class.ts';
import { accountsOf, chosenAccounts } from './asset-class-accounts.ts';
import { readAssetBooks } from './depreciation/asset-books.ts';
import { ASSET_ROLES } from './depreciation/asset-roles.ts';
import { planQuestion, readOwnPlans } from './depreciation/asset-plan.ts';
import { monthNumber, yearOfCalendar } from './depreciation/month.ts';
import { missingAtRetirement } from './depreciation/run-amount.ts';
import { assetErrors } from './errors.ts';

export const DisposalView = strict({
  id: Id,
  asset_id: Id,
  kind: Type.Enum(['sale', 'scrap']),
  disposed_on: DateText,
  proceeds: Type.String({ description: 'Without VAT' }),
  tax_code: nullable(Type.String()),
  depreciation: Type.String({ description: 'What was missing until the month before, posted with it' }),
  book_value: Type.String({ description: 'When it left, after that depreciation' }),
  gain: Type.String({ description: 'Proceeds less book value; negative: a loss' }),
  journal_entry_id: Id,
});
export type DisposalView = Static<typeof DisposalView>;

export interface DisposeAsset {
  id: number;
  kind: 'sale' | 'scrap';
  disposedOn: LocalDate;
  /** The price, including VAT if there is a tax code. */
  proceeds: Ore;
  taxCode: string | null;
  proceedsAccount: string;
  businessPartnerId: number | null;
}

/** Accounts of the shipped chart. With VAT the price itself is income, so that the base of the VAT is visible. */
const ACCOUNTS = { gain: '3800', loss: '7800', withVat: '3805', withoutVat: '3806', bookValue: '3809' };

/**
 * Removes an asset from the books in one entry: missing depreciation up to the month before, cost and accumulated
 * depreciation, the price, and the gain or loss. There is no depreciation from the month of disposal on. Throws 400 if
 * the asset has no balance, 409 if it is already disposed of.
 */
export const disposeAsset = postingOperation<DisposeAsset, Disposal, DisposalView>({
  name: 'asset.dispose',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide({ tx, clientAccountId }, input) {
    const standing = await readStanding(tx, clientAccountId, input);
    return { on: { input, standing }, entries: [{ entry: disposalEntry(standing, input), source: 'disposal' }] };
  },
  async recheck({ tx, clientAccountId }, { input, standing }) {
    // A posting on the asset since it was read would leave a balance.
    if ((await balanceAccounts(tx, clientAccountId, input.id)).length > 0) throw requestErrors.concurrent_change();
    const { version } = await findAsset(tx, clientAccountId, input.id);
    const other = await standingDisposal(tx, clientAccountId, input.id);
    if (other || version !== standing.asset.version) throw requestErrors.concurrent_change();
  },
  record: recordDisposal,
});

interface Disposal {
  input: DisposeAsset;
  standing: Standing;
}

/** The balances of the asset on the day of disposal. */
interface Standing {
  asset: AssetRow;
  accounts: ClassAccounts | null;
  /** Debit − credit of each balance account, none of them zero. */
  balances: { account: string; balance: Ore }[];
  /** Missing depreciation up to the month before; negative if too much was posted. */
  missing: Ore;
  bookValue: Ore;
  /** The income account of the price; null if only the gain is posted. */
  priceAccount: string | null;
}

async function readStanding(tx: Transaction, clientAccountId: number, input: DisposeAsset): Promise<Standing> {
  const found = await findAsset(tx, clientAccountId, input.id);
  if (found.acquisition_date && input.disposedOn < found.acquisition_date)
    throw assetErrors.retired_before_acquired({
      retirement_date: input.disposedOn,
      acquisition_date: found.acquisition_date,
    });
  await refuseUnknown(tx, clientAccountId, input);
  const disposal = await standingDisposal(tx, clientAccountId, input.id);
  if (disposal) throw assetErrors.already_disposed(disposal);
  const asset = { ...found, retirement_date: input.disposedOn };
  const balances = await balanceAccounts(tx, clientAccountId, input.id);
  if (balances.length === 0) throw assetErrors.nothing_to_dispose();
  const books = (await readAssetBooks(tx, clientAccountId, [input.id])).get(input.id);
  const own = (await readOwnPlans(tx, clientAccountId, [input.id])).get(input.id) ?? [];
  const before = monthNumber(addMonths(startOfMonth(input.disposedOn), -1));
  const yearOf = yearOfCalendar(await readFiscalCalendar(tx, clientAccountId));
  const question = planQuestion({ asset, books, own, yearOf }, before);
  const planned = typeof question === 'string' || !books || !asset.auto_depreciate ? null : { question, books };
  const missing = planned ? missingAtRetirement(planned.question, planned.books) : 0n;
  const each = asset.asset_class ? assetClass(asset.asset_class) : undefined;
  const accounts = each ? accountsOf(each, await chosenAccounts(tx, clientAccountId)) : null;
  const value = balances.reduce((sum, { balance }) => sum + balance, 0n);
  const priceAccount = input.taxCode === null ? null : await priceAccountOf(tx, clientAccountId, input);
  return { asset, accounts, balances, missing, bookValue: value - missing, priceAccount };
}

/** Names fields of the request: the entry would refer to generated lines. */
async function refuseUnknown(tx: Transaction, clientAccountId: number, input: DisposeAsset): Promise<void> {
  const { taxCode: tax_code, businessPartnerId: business_partner_id, proceedsAccount: account_code } = input;
  const problems = await unknownReferences(tx, clientAccountId, [
    { at: '', tax_code, business_partner_id, account_code },
  ]);
  const inItsWords = (path: string) => (path === 'account_code' ? 'proceeds_account_code' : path);
  if (problems.length > 0) throw invalid(problems.map((each) => ({ ...each, path: inItsWords(each.path) })));
}

async function priceAccountOf(tx: Transaction, clientAccountId: number, input: DisposeAsset): Promise<string> {
  const row = await tx.maybe<{ has_vat: boolean }>(sql`
    select rate > 0 as has_vat from tax_code_rates
    where client_account_id = ${clientAccountId} and code = ${input.taxCode} and valid_from <= ${input.disposedOn}
      and (valid_to is null or valid_to >= ${input.disposedOn})`);
  return row?.has_vat ? ACCOUNTS.withVat : ACCOUNTS.withoutVat;
}

const BALANCES = `
with ${ASSET_ROLES}, sets as (
  select dimension_set_id from dimension_set_members
  where client_account_id = $1 and dimension_type = 'asset' and value_id = $2
), amounts as (
  select account_code, debit, credit from account_balances
  where client_account_id = $1 and dimension_set_id <> 0 and dimension_set_id in (select dimension_set_id from sets)
  union all
  select account_code, debit, credit from balance_deltas
  where client_account_id = $1 and dimension_set_id in (select dimension_set_id from sets)
)
select account_code, sum(debit) - sum(credit) as balance from amounts join roles using (account_code)
where role <> 'charge'
group by account_code having sum(debit) <> sum(credit) order by account_code`;

async function balanceAccounts(tx: Transaction, clientAccountId: number, assetId: number) {
  const rows = await tx.named<{ account_code: string; balance: string }>('asset-balances', BALANCES, [
    clientAccountId,
    assetId,
  ]);
  return rows.map((row) => ({ account: row.account_code, balance: ore(row.balance) }));
}

function disposalEntry(
  { asset, accounts, balances, missing, bookValue, priceAccount }: Standing,
  input: DisposeAsset,
): NewEntry {
  const dimensions = [{ type: 'asset', id: asset.id }];
  const memo = asset.name;
  const lines: NewLine[] = [];
  const add = (account: string, amount: Ore, more: Partial<NewLine> = { dimensions }) => {
    if (amount !== 0n) lines.push({ account, amount, memo, ...more });
  };
  const left = new Map(balances.map(({ account, balance }) => [account, balance]));
  if (missing !== 0n && accounts?.expense) {
    const accumulated = accounts.accumulated ?? accounts.asset;
    add(accounts.expense, missing);
    add(accumulated, -missing);
    left.set(accumulated, (left.get(accumulated) ?? 0n) - missing);
  }
  for (const [account, balance] of left) add(account, -balance);
  if (priceAccount !== null) {
    add(priceAccount, -input.proceeds, { taxCode: input.taxCode, amountBasis: 'gross', dimensions });
    add(ACCOUNTS.bookValue, bookValue);
  } else {
    const gain = input.proceeds - bookValue;
    add(gain > 0n ? ACCOUNTS.gain : ACCOUNTS.loss, -gain);
  }
  add(input.proceedsAccount, input.proceeds, { businessPartnerId: input.businessPartnerId });
  return {
    entryDate: input.disposedOn,
    memo: `${input.kind === 'sale' ? 'Salg' : 'Utrangering'}: ${asset.name}`,
    relationType: 'asset',
    relationId: asset.id,
    lines,
  };
}

async function recordDisposal(
  { tx, clientAccountId, caller, now, audit }: Recording,
  { input, standing }: Disposal,
  [entry]: readonly EntryView[],
): Promise<DisposalView> {
  assert(entry, 'a disposal is posted as one entry');
  const id = await takeIds(tx, clientAccountId);
  const { bookValue, missing, priceAccount } = standing;
  // Without VAT, as in the entry.
  const income = entry.lines.find((line) => priceAccount !== null && line.account_code === priceAccount);
  const proceeds = income ? parseAmount(income.credit)! : input.proceeds;
  await touchAsset({ tx, clientAccountId, caller, now }, input.id);
  await tx.execute(sql`
    insert into asset_disposals (client_account_id, id, asset_id, kind, disposed_on, proceeds, tax_code, gain, entry_id,
      created_at, created_by_id)
    values (${clientAccountId}, ${id}, ${input.id}, ${input.kind}, ${input.disposedOn}, ${proceeds},
      ${input.taxCode}, ${proceeds - bookValue}, ${entry.id}, ${now}, ${caller.userId})`);
  const view: DisposalView = {
    id,
    asset_id: input.id,
    kind: input.kind,
    disposed_on: input.disposedOn,
    proceeds: formatAmount(proceeds),
    tax_code: input.taxCode,
    depreciation: formatAmount(missing),
    book_value: formatAmount(bookValue),
    gain: formatAmount(proceeds - bookValue),
    journal_entry_id: entry.id,
  };
  audit({ recordType: 'asset_disposal', recordId: id, after: view });
  return view;
}
