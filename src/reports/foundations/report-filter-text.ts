import { ownValue } from '../../kernel/own-value.ts';
import type { Language } from '../../platform/errors.ts';
import type { ReportFilter } from './report-filter.ts';

const DIMENSION_NAMES: Record<string, { nb: string; en: string }> = {
  department: { nb: 'avdeling', en: 'department' },
  project: { nb: 'prosjekt', en: 'project' },
  asset: { nb: 'eiendel', en: 'asset' },
  business_partner: { nb: 'forretningspartner', en: 'business partner' },
  bank_account: { nb: 'bankkonto', en: 'bank account' },
};

/** The filter of a report in words, for its heading. */
export function filterTexts(
  { codes, ranges, dimensions }: ReportFilter,
  language: Language,
  names: ReadonlyMap<number, string> = new Map(),
): string[] {
  const texts: string[] = [];
  if (codes.length + ranges.length > 0) {
    const list = [...codes, ...ranges.map(({ from, to }) => `${from}–${to}`)].join(', ');
    texts.push(language === 'nb' ? `Kontoer: ${list}` : `Accounts: ${list}`);
  }
  for (const { type, ids } of dimensions) {
    const name = ownValue(DIMENSION_NAMES, type)?.[language] ?? type;
    texts.push(`${name[0]!.toUpperCase()}${name.slice(1)}: ${ids.map((id) => names.get(id) ?? id).join(', ')}`);
  }
  return texts;
}
