import { visibleLine } from '../kernel/visible.ts';
import type { SafTImportResult } from './import-saf-t.ts';

/** The result of an import for a terminal: counts, totals, and each account beside the file's declared balance. */
export function resultTable(result: SafTImportResult): string {
  const { counts } = result;
  const head = [
    ['SAF-T', result.version],
    ['accounts', `${counts.accounts} (${counts.accounts_created} own)`],
    ['partners', `${counts.business_partners}`],
    ['VAT codes', `${counts.tax_codes}`],
    ['dimension values', `${counts.dimension_values}`],
    [
      'entries',
      counts.entries_already_present > 0
        ? `${counts.entries} (${counts.entries_already_present} were there)`
        : `${counts.entries}`,
    ],
    ['lines', `${counts.lines}`],
    ['debit', result.debit],
    ['credit', result.credit],
    ['warnings', `${result.warning_count}`],
  ];
  const rows = [
    ['account', '', 'opening', 'imported closing', 'declared closing', ''],
    ...result.accounts.map((account) => [
      visibleLine(account.account_code),
      visibleLine(account.name.slice(0, 40)),
      account.opening_balance,
      account.imported_closing_balance,
      account.declared_closing_balance,
      account.difference === '0.00' ? '' : `differs by ${account.difference}`,
    ]),
  ];
  return `${aligned(head, [false, true])}\n\n${aligned(rows, [false, false, true, true, true, false])}`;
}

function aligned(rows: readonly string[][], right: readonly boolean[]): string {
  const widths = right.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
