import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import { groupingCategoryOf } from './saft-grouping.ts';

/** The fields of an account that must be consistent, as after the change. */
export interface AccountState {
  account_type: string;
  group: string;
  grouping_code: string;
  grouping_category: string;
  default_tax_code: string | null;
  mandatory_dimensions: readonly string[];
}

const KNOWN_DIMENSIONS = ['asset', 'business_partner', 'department', 'project'];

/** All inconsistencies, for the given fields. */
export async function accountProblems(
  tx: Transaction,
  clientAccountId: number,
  state: AccountState,
  given: { group: boolean; grouping: boolean; taxCode: boolean; dimensions: boolean },
): Promise<FieldProblem[]> {
  const problems: FieldProblem[] = [];
  if (given.group) problems.push(...(await groupProblems(tx, state)));
  if (given.grouping) problems.push(...groupingProblems(state));
  if (given.taxCode && state.default_tax_code) {
    const known = await tx.maybe(sql`
      select 1 from tax_codes where client_account_id = ${clientAccountId} and code = ${state.default_tax_code}`);
    if (!known) {
      problems.push(
        problem(
          'default_tax_code',
          `unknown VAT code ${state.default_tax_code}`,
          `ukjent mva-kode ${state.default_tax_code}`,
        ),
      );
    }
  }
  if (given.dimensions) problems.push(...(await dimensionProblems(tx, clientAccountId, state.mandatory_dimensions)));
  return problems;
}

/** The group must be of level 3, in the part of the statements for accounts of the type. */
async function groupProblems(tx: Transaction, state: AccountState): Promise<FieldProblem[]> {
  const { group } = state;
  const found = await tx.maybe<{ types: string[] }>(sql`
    select array(
      select distinct g.account_type from gl_accounts g
      join account_groups s3 on s3.code = g.group_code
      join account_groups s2 on s2.code = s3.parent_code
      where s2.parent_code = l2.parent_code) as types
    from account_groups l3 join account_groups l2 on l2.code = l3.parent_code
    where l3.code = ${group} and l3.level = 3`);
  if (!found) return [problem('category_code_3', `no group ${group} of level 3`, `ingen gruppe ${group} på nivå 3`)];
  if (found.types.includes(state.account_type)) return [];
  const types = found.types.join(', ');
  return [
    problem(
      'category_code_3',
      `group ${group} holds accounts of type ${types}, not ${state.account_type}`,
      `gruppe ${group} har kontoer av typen ${types}, ikke ${state.account_type}`,
    ),
  ];
}

function groupingProblems({ grouping_code: code, grouping_category: category }: AccountState): FieldProblem[] {
  const right = groupingCategoryOf(code);
  if (right === undefined) {
    return [
      problem(
        'grouping_code',
        `${code} is not in the list of SAF-T grouping codes (NA if the account cannot be mapped)`,
        `${code} er ikke i listen over SAF-T-grupperingskoder (NA om kontoen ikke kan grupperes)`,
      ),
    ];
  }
  if (category === right) return [];
  return [
    problem(
      'grouping_category',
      `code ${code} belongs to ${right}, not ${category}`,
      `kode ${code} hører til ${right}, ikke ${category}`,
    ),
  ];
}

async function dimensionProblems(
  tx: Transaction,
  clientAccountId: number,
  types: readonly string[],
): Promise<FieldProblem[]> {
  const problems: FieldProblem[] = [];
  for (const [index, type] of types.entries()) {
    const path = `mandatory_dimensions[${index}]`;
    if (types.indexOf(type) !== index) problems.push(problem(path, `${type} twice`, `${type} to ganger`));
    if (KNOWN_DIMENSIONS.includes(type)) continue;
    const used = await tx.maybe(sql`
      select 1 from dimension_values where client_account_id = ${clientAccountId} and dimension_type = ${type} limit 1`);
    if (!used) {
      const known = KNOWN_DIMENSIONS.join(', ');
      problems.push(
        problem(
          path,
          `no dimension ${type}; there are ${known} and those with values`,
          `ingen dimensjon ${type}; det finnes ${known} og de som har verdier`,
        ),
      );
    }
  }
  return problems;
}
