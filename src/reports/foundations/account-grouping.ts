import type { Language } from '../../platform/errors.ts';
import { strict, Type } from '../../platform/http/schema.ts';
import type { AccountGroup } from '../printed/report-chart.ts';

/** The three levels of groups above an account. */
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
