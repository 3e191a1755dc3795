import { formatAmount, parsePercent } from '../../kernel/money.ts';
import {
  transactionKey,
  type AuditBook,
  type BookTaxCode,
  type CheckedLine,
  type CheckedTransaction,
} from '../audit-file/audit-book.ts';
import type { Money } from '../audit-file/audit-records.ts';
import { recordOn } from '../checks/check-transaction.ts';
import { type EntryWriter, lineRow, type LineRow } from './entry-writer.ts';
import type { FaultList } from '../checks/fault.ts';
import type { ImportedAccounts } from './import-accounts.ts';
import type { Dimensions } from './import-dimensions.ts';
import type { ImportedPartners } from './import-partners.ts';
import { deductionOf } from './import-tax-codes.ts';
import { fingerprint } from '../present-vouchers.ts';
import { moneyOf } from '../signs.ts';
import type { KeySet } from '../key-set.ts';
import type { Ledger } from './ledger-head.ts';
import { entryOrigin, hasCurrency, lineOrigin } from '../line-origin.ts';
import { linkVatLines, taxAmountOf, type VatEffect } from './link-vat.ts';
import { STANDARD_TAX_CODES } from '../../ledger/index.ts';

const REVERSE = new Set(STANDARD_TAX_CODES.filter((code) => code.direction === 'reverse').map((code) => code.code));

export interface EntryTargets {
  ledger: Ledger;
  book: AuditBook;
  accounts: ImportedAccounts;
  partners: ImportedPartners;
  dimensions: Dimensions;
  /** Vouchers already in the books from earlier imports, with their fingerprints. */
  present: KeySet;
  writer: EntryWriter;
  faults: FaultList;
}

/** Converts vouchers of the file to final entries, in file order. */
export class EntryImport {
  readonly #targets: EntryTargets;
  readonly #series = new Map<string, string>();
  readonly #effects = new Map<string, VatEffect>();
  /** Number of vouchers already in the books, unchanged. */
  presentCount = 0;

  constructor(targets: EntryTargets) {
    this.#targets = targets;
  }

  async add(checked: CheckedTransaction): Promise<void> {
    const { ledger, writer, faults, present } = this.#targets;
    const { transaction, total, date, period, fiscalYear } = checked;
    if (ledger.lockedUntil !== null && date <= ledger.lockedUntil) {
      faults.add('period-locked', {
        line: transaction.at,
        element: 'Transaction/TransactionDate',
        voucher: transaction.id,
        found: date,
        expected: `after ${ledger.lockedUntil}`,
      });
      return;
    }
    const earlier = present.get(transactionKey(fiscalYear, transaction.journal.id!, transaction.id!));
    if (earlier !== null) {
      if (earlier === fingerprint(date, this.#linesOf(checked))) this.presentCount++;
      else
        faults.add('transaction-present', {
          line: transaction.at,
          element: 'Transaction/TransactionID',
          voucher: transaction.id,
          found: `${date}, ${formatAmount(total)}`,
          expected: 'the same day, accounts, amounts, parties, dimensions and VAT as in the books',
        });
      return;
    }
    const series = this.#seriesOf(transaction.journal.id!);
    writer.add(
      {
        series,
        fiscalYear,
        number: ledger.takeKnownNumber(series, fiscalYear) ?? (await ledger.takeNumber(series, fiscalYear)),
        date,
        period,
        memo: transaction.description ?? '',
        source: 'saf-t',
        total,
        origin: entryOrigin(checked),
      },
      this.#linesOf(checked),
    );
  }

  /** A journal is a series; a name that is too long is cut, and distinguished from others with the same beginning. */
  #seriesOf(journalId: string): string {
    let series = this.#series.get(journalId);
    if (series === undefined) {
      series = journalId.slice(0, 18);
      const taken = new Set(this.#series.values());
      for (let n = 2; taken.has(series); n++) series = `${journalId.slice(0, 14)}~${n}`;
      this.#series.set(journalId, series);
    }
    return series;
  }

  #linesOf(checked: CheckedTransaction): LineRow[] {
    const { accounts } = this.#targets;
    const links = linkVatLines(checked.lines, accounts.vat, (code) => this.#effectOf(code));
    const rows = checked.lines.map((line, i) => this.#rowOf(line, i + 1, checked));
    if (links === null) return rows;
    for (let i = 0; i < rows.length; i++) {
      if (links[i] === -1) continue;
      const base = rows[links[i]!]!;
      rows[i]!.taxCode = base.taxCode;
      rows[i]!.taxRate = base.taxRate;
      rows[i]!.baseLineNo = links[i]! + 1;
    }
    return rows;
  }

  #rowOf(checked: CheckedLine, lineNo: number, { transaction, date }: CheckedTransaction): LineRow {
    const { partners, dimensions } = this.#targets;
    const { line, account } = checked;
    const partnerId =
      checked.party !== null
        ? partners.of.get(checked.party)!
        : line.ownerId !== null
          ? (partners.owners.get(line.ownerId) ?? null)
          : null;
    const row = lineRow(account.id, checked, {
      dimensionSetId: dimensions.setOf(line.analysis, partnerId),
      partnerId,
      dueDate: line.dueDate,
      paymentReference: line.cid,
      documentReference: line.referenceNumber,
      memo: line.description === transaction.description ? null : line.description,
      origin: lineOrigin(checked, lineNo, transaction),
    });
    const money = moneyOf(line);
    if (money !== null && hasCurrency(money)) setCurrency(row, money);
    if (line.tax !== null) this.#setTax(row, checked, transaction.date ?? date);
    return row;
  }

  #setTax(row: LineRow, { line }: CheckedLine, date: string): void {
    const tax = line.tax!.find((one) => one.code !== null);
    if (!tax) return;
    const code = this.#targets.book.taxCodes.get(tax.code!)!;
    const record = recordOn(code, date) ?? code.records.at(-1)!;
    row.taxCode = tax.code;
    row.taxRate = tax.percentage ?? record.percentage ?? null;
    row.taxDeduction = deductionOf(record);
    row.taxAmount = taxAmountOf(tax);
  }

  #effectOf(code: string): VatEffect {
    let effect = this.#effects.get(code);
    if (effect === undefined) {
      effect = vatEffect(this.#targets.book.taxCodes.get(code)!);
      this.#effects.set(code, effect);
    }
    return effect;
  }
}

function vatEffect(code: BookTaxCode): VatEffect {
  const shares = code.records
    .flatMap((record) => record.baseRates ?? [])
    .filter((rate) => Number(rate) > 0 && Number(rate) < 100)
    .map((rate) => parsePercent(Number(rate).toFixed(4)));
  return { twoSided: code.records.some((record) => REVERSE.has(record.standardCode ?? '')), shares };
}

function setCurrency(row: LineRow, money: Money): void {
  row.currencyCode = money.currencyCode;
  // The column has the amount on the line's side; a negative amount of the file was moved there.
  row.currencyAmount = money.currencyAmount!.replace(/^-/, '');
  row.exchangeRate = money.exchangeRate;
}
