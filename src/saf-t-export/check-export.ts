import { formatAmount } from '../kernel/money.ts';
import { groupingCategoryOf } from '../masters/index.ts';
import { type FieldProblem, problem } from '../platform/errors.ts';
import type { SafTBooks } from './books/read-books.ts';
import { LIMIT } from './xml/xml-text.ts';
import { wrongEntries } from './books/usage.ts';

/** Most problems listed; the count includes all. */
const MOST_LISTED = 50;

const STANDARD_TAX_CODE = /^[0-9aAnN]{1,2}$/;

/**
 * Finds contradictions in the file before its first byte (reference of SAF-T Financial, section 6): roll-forward of
 * every account and party, totals, references, groupings, limits. The functions that write texts and numbers guarantee
 * the schema types.
 */
export async function checkExport(books: SafTBooks): Promise<{ problems: FieldProblem[]; count: number }> {
  const problems: FieldProblem[] = [];
  let count = 0;
  const add = (path: string, en: string, nb: string) => {
    count++;
    if (problems.length < MOST_LISTED) problems.push(problem(path, en, nb));
  };
  for (const entry of await wrongEntries(books.subject)) {
    const found = `${formatAmount(BigInt(entry.debit))} / ${formatAmount(BigInt(entry.credit))}, ${entry.lines}`;
    const stated = `${formatAmount(BigInt(entry.total))}, ${entry.line_count}`;
    add(
      `Transaction ${entry.number}`,
      `its lines have debit, credit and number ${found}; the entry says ${stated}, year ${entry.fiscal_year}`,
      `linjene har debet, kredit og antall ${found}; bilaget sier ${stated}, år ${entry.fiscal_year}`,
    );
  }
  checkAccounts(books, add);
  checkParties(books, add);
  checkTaxCodes(books, add);
  checkTotals(books, add);
  return { problems, count };
}

type Add = (path: string, en: string, nb: string) => void;

function checkAccounts({ accounts, moved, unknownAccounts }: SafTBooks, add: Add): void {
  for (const code of unknownAccounts)
    add(`Account ${code}`, 'is used and not in the chart', 'er i bruk og står ikke i kontoplanen');
  for (const account of accounts) {
    const path = `Account ${account.code}`;
    const lines = moved.get(account.code) ?? { debit: 0n, credit: 0n };
    const counted = account.opening + lines.debit - lines.credit;
    if (counted !== account.closing) {
      const sum = `${formatAmount(account.opening)} + ${formatAmount(lines.debit)} − ${formatAmount(lines.credit)}`;
      add(
        path,
        `opening and lines give ${formatAmount(counted)} (${sum}), the balance is ${formatAmount(account.closing)}`,
        `inngående saldo og linjer gir ${formatAmount(counted)} (${sum}), saldoen er ${formatAmount(account.closing)}`,
      );
    }
    if (groupingCategoryOf(account.groupingCode) !== account.category) {
      const pair = `${account.category} ${account.groupingCode}`;
      add(path, `has no valid grouping: ${pair}`, `har ingen gyldig gruppering: ${pair}`);
    }
    if (account.code.length > LIMIT.mid2) add(path, 'is too long for AccountID', 'er for lang for AccountID');
  }
}

function checkParties({ parties, partyMoved }: SafTBooks, add: Add): void {
  for (const kind of ['customer', 'supplier'] as const) {
    for (const party of parties.of(kind)) {
      for (const { account, opening, closing } of party.balances[kind]) {
        const moved = partyMoved.get(`${party.id} ${account}`) ?? 0n;
        if (opening + moved === closing) continue;
        const [counted, declared] = [formatAmount(opening + moved), formatAmount(closing)];
        add(
          `${kind === 'customer' ? 'Customer' : 'Supplier'} ${party.ids[kind]}, account ${account}`,
          `opening and lines give ${counted}, the balance is ${declared}`,
          `inngående saldo og linjer gir ${counted}, saldoen er ${declared}`,
        );
      }
    }
  }
}

function checkTaxCodes({ taxTable, usedTaxCodes, negative }: SafTBooks, add: Add): void {
  const known = new Set(taxTable.details.map(({ code }) => code));
  for (const code of usedTaxCodes.keys())
    if (!known.has(code))
      add(`TaxCode ${code}`, 'is used and not in the tax table', 'er i bruk og står ikke i mva-tabellen');
  for (const { code, standardCode } of taxTable.details)
    if (!STANDARD_TAX_CODE.test(standardCode))
      add(`TaxCode ${code}`, `has no standard code: ${standardCode}`, `har ingen standardkode: ${standardCode}`);
  for (const account of negative)
    add(`Account ${account}`, 'has lines with negative currency or VAT', 'har linjer med negativ valuta eller mva');
}

function checkTotals({ journals, moved, lines, entries, unknownAnalyses, unknownPartners }: SafTBooks, add: Add): void {
  let [debit, credit] = [0n, 0n];
  for (const account of moved.values()) [debit, credit] = [debit + account.debit, credit + account.credit];
  const stated = journals.reduce((sum, journal) => sum + journal.debit, 0n);
  if (debit !== stated || credit !== stated) {
    const found = `${formatAmount(debit)} / ${formatAmount(credit)} (${entries} / ${lines})`;
    add(
      'GeneralLedgerEntries',
      `lines sum up to ${found}, entries to ${formatAmount(stated)}`,
      `linjene summerer til ${found}, bilagene til ${formatAmount(stated)}`,
    );
  }
  for (const analysis of unknownAnalyses)
    add(
      `Analysis ${analysis}`,
      'is used and not among the values of dimensions',
      'er i bruk og finnes ikke blant dimensjonsverdiene',
    );
  for (const partner of unknownPartners)
    add(`business partner ${partner}`, 'is used and does not exist', 'er i bruk og finnes ikke');
}
