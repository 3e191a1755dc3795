import { CsvSplitter } from './csv-cells.ts';

/** The rows of a comma-separated table of ours by the names in its header. Missing values at the end of a row are empty. */
export function csvRecords(text: string): Record<string, string>[] {
  const splitter = new CsvSplitter(',');
  const rows = [...splitter.write(text.replaceAll('\r', '')), ...splitter.end()];
  const names = rows[0]?.cells ?? [];
  return rows.slice(1).map(({ cells }) => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ''])));
}
