import type { Language } from '../../platform/errors.ts';
import { strict, Type } from '../../platform/http/schema.ts';
import type { AccountGroup } from '../printed/report-chart.ts';

export const Grouping = strict({
  level_1_code: Type.String(),
  level_1_name: Type.String(),
  level_2_code: Type.String(),
  level_2_name: Type.String(),
  level_3_code: Type.String(),
  level_3_name: Type.String(),
});

export function groupingOf(groups: readonly [AccountGroup, AccountGroup, AccountGroup], language: Language) {
  const [first, second, third] = groups;
  return {
    level_1_code: first.code,
    level_1_name: first.name[language],
    level_2_code: second.code,
    level_2_name: second.name[language],
    level_3_code: third.code,
    level_3_name: third.name[language],
  };
}

export const RowLinks = strict({
  lines: Type.String({ description: 'The entries behind the row' }),
  general_ledger: Type.String({ description: 'The lines behind the row, with balances' }),
});
