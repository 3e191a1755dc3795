import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore, ore } from '../../kernel/money.ts';
import { readFiscalCalendar } from '../../ledger/index.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { assetRows } from '../asset.ts';
import { assetClass, type SaldoGroup } from '../asset-class.ts';
import { readAssetAmounts } from '../reports/asset-amounts.ts';
import { isPooled } from './saldo-year.ts';
import { fiscalYearOfIncomeYear, incomeYearOf, readTaxYears } from './tax-books.ts';
import { type SaldoChoice, taxDepreciation, type TaxBalance } from './tax-depreciation.ts';

const Money = Type.String();

export const TaxDepreciationView = strict({
  client_account_id: Id,
  income_year: Type.Integer(),
  groups: Type.Array(
    strict({
      saldo_group: Type.String(),
      asset_id: nullable(Type.Integer({ description: 'null: the pool of the group' })),
      name: nullable(Type.String()),
      rate: Type.String({ description: 'Chosen for the year, a share of one' }),
      maximum_rate: Type.String(),
      opening_balance: Money,
      additions: Money,
      grants: Money,
      vat_adjustment: Money,
      consideration: Money,
      income_at_once: Money,
      basis: Money,
      depreciation: Money,
      small_balance_deduction: { ...Money, description: 'Of the depreciation: a rest below the limit, deducted whole' },
      income: { ...Money, description: 'A negative balance taken to income' },
      to_gain_and_loss: Money,
      closing_balance: Money,
      book_value: { ...Money, description: 'Of the same assets in the accounts at the end of the year' },
      difference: { ...Money, description: 'Book value less tax value: positive is a tax increasing difference' },
    }),
  ),
  gain_and_loss_account: strict({
    opening_balance: Money,
    added: { ...Money, description: 'Gains less losses of the year' },
    income: Money,
    deduction: Money,
    closing_balance: Money,
  }),
  expensed: Type.Array(
    strict({ asset_id: Id, name: Type.String(), amount: Money }, { description: 'Below the limit: deducted at once' }),
  ),
  depreciation: Money,
  book_value: Money,
  tax_value: { ...Money, description: 'Of all balances, the gain and loss account apart' },
  difference: Money,
});
export type TaxDepreciationView = Static<typeof TaxDepreciationView>;

/** The saldo groups of an income year, and their differences from the accounts. */
export const getTaxDepreciation = readOperation({
  name: 'tax-depreciation.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, { year }: { year: number }): Promise<TaxDepreciationView> {
    const assets = await assetRows(
      tx,
      [sql`d.client_account_id = ${clientAccountId} and d.dimension_type = 'asset'`],
      sql`order by d.sequence_number`,
    );
    const calendar = await readFiscalCalendar(tx, clientAccountId);
    const years = await readTaxYears(tx, clientAccountId, calendar);
    const monthsOf = (of: number) => {
      const ended = fiscalYearOfIncomeYear(calendar, of);
      return ended ? calendar.periodOf(ended.to).period : 0;
    };
    const acquiredIn = (day: LocalDate) => incomeYearOf(calendar, day);
    const choices = await readChoices(tx, clientAccountId);
    const report = taxDepreciation({ assets, years, choices, monthsOf, acquiredIn }, year);
    const amounts = await readAssetAmounts(
      tx,
      clientAccountId,
      fiscalYearOfIncomeYear(calendar, year)?.to ?? `${year}-12-31`,
    );
    const books = new Map<string, Ore>();
    for (const asset of assets) {
      const group = asset.asset_class ? assetClass(asset.asset_class)!.saldoGroup : null;
      const stands = amounts.get(asset.id);
      if (!group || !stands) continue;
      const key = `${group} ${isPooled(group) ? 0 : asset.id}`;
      const { costDebit, costCredit, accumulatedDebit, accumulatedCredit } = stands;
      books.set(key, (books.get(key) ?? 0n) + costDebit - costCredit + accumulatedDebit - accumulatedCredit);
    }
    const bookValueOf = ({ group, assetId }: TaxBalance) => books.get(`${group} ${assetId}`) ?? 0n;
    const sum = (of: (balance: TaxBalance) => Ore) => report.balances.reduce((total, each) => total + of(each), 0n);
    const { gainAndLoss } = report;
    return {
      client_account_id: clientAccountId,
      income_year: year,
      groups: report.balances.map((balance) => balanceView(balance, bookValueOf(balance))),
      gain_and_loss_account: {
        opening_balance: formatAmount(gainAndLoss.opening),
        added: formatAmount(gainAndLoss.added),
        income: formatAmount(gainAndLoss.income),
        deduction: formatAmount(gainAndLoss.deduction),
        closing_balance: formatAmount(gainAndLoss.closing),
      },
      expensed: report.expensed.map(({ asset, amount }) => ({
        asset_id: asset.id,
        name: asset.name,
        amount: formatAmount(amount),
      })),
      depreciation: formatAmount(sum(({ result }) => result.depreciation)),
      book_value: formatAmount(sum(bookValueOf)),
      tax_value: formatAmount(sum(({ result }) => result.closing)),
      difference: formatAmount(sum((balance) => bookValueOf(balance) - balance.result.closing)),
    };
  },
});

function balanceView({ group, assetId, name, rate, maximumRate, saldo, result }: TaxBalance, bookValue: Ore) {
  return {
    saldo_group: group,
    asset_id: assetId === 0 ? null : assetId,
    name,
    rate,
    maximum_rate: maximumRate,
    opening_balance: formatAmount(saldo.opening),
    additions: formatAmount(saldo.additions),
    grants: formatAmount(saldo.grants),
    vat_adjustment: formatAmount(saldo.vatAdjustment),
    consideration: formatAmount(saldo.consideration),
    income_at_once: formatAmount(saldo.incomeAtOnce),
    basis: formatAmount(result.basis),
    depreciation: formatAmount(result.depreciation),
    small_balance_deduction: formatAmount(result.smallBalance),
    income: formatAmount(result.income),
    to_gain_and_loss: formatAmount(result.toGainAndLoss),
    closing_balance: formatAmount(result.closing),
    book_value: formatAmount(bookValue),
    difference: formatAmount(bookValue - result.closing),
  };
}

async function readChoices(tx: Transaction, clientAccountId: number): Promise<SaldoChoice[]> {
  const rows = await tx.rows<{
    income_year: number;
    saldo_group: SaldoGroup | 'gl';
    asset_id: number;
    opening_balance: number | null;
    rate: string | null;
    income_at_once: number;
    grants: number;
    vat_adjustment: number;
    deduct_small_balance: boolean;
  }>(sql`
    select income_year, saldo_group, asset_id, opening_balance, trim_scale(rate)::text as rate, income_at_once, grants,
      vat_adjustment, deduct_small_balance
    from saldo_choices where client_account_id = ${clientAccountId}`);
  return rows.map((row) => ({
    year: row.income_year,
    group: row.saldo_group,
    assetId: row.asset_id,
    opening: row.opening_balance === null ? null : ore(row.opening_balance),
    rate: row.rate,
    incomeAtOnce: ore(row.income_at_once),
    grants: ore(row.grants),
    vatAdjustment: ore(row.vat_adjustment),
    deductSmallBalance: row.deduct_small_balance,
  }));
}
