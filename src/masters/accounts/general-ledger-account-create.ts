import sql from 'sql-template-tag';
import { mastersChanged, takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import { type FieldProblem, invalid, type Language, problem } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { accountRecord, accountRows, accountView, findAccountById } from './general-ledger-account.ts';
import { accountProblems } from './general-ledger-account-check.ts';
import type { NewAccount } from './general-ledger-account-input.ts';
import { groupingCategoryOf } from './saft-grouping.ts';

/** Creates a client account's own account, beside the national chart. */
export const createAccount = writeOperation({
  name: 'general-ledger-account.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, { language, ...input }: NewAccount & { language: Language }) {
    const { tx, clientAccountId, caller, now } = context;
    await mastersChanged(tx, clientAccountId);
    const codes = [input.account_code, ...(input.like_account_code ? [input.like_account_code] : [])];
    const rows = await accountRows(tx, { clientAccountId }, sql`where account_code = any(${codes}::text[])`);
    const like = rows.find((row) => row.account_code === input.like_account_code);
    const problems: FieldProblem[] = [];
    if (rows.some((row) => row.account_code === input.account_code)) {
      problems.push(
        problem('account_code', `${input.account_code} exists already`, `${input.account_code} finnes allerede`),
      );
    }
    if (input.like_account_code && !like) {
      problems.push(
        problem(
          'like_account_code',
          `unknown account ${input.like_account_code}`,
          `ukjent konto ${input.like_account_code}`,
        ),
      );
    }
    const state = {
      account_type: input.account_type ?? like?.account_type,
      normal_side: input.normal_side ?? like?.normal_side,
      group: input.category_code_3 ?? like?.group_3,
      grouping_code: input.grouping_code ?? like?.saft_code,
    };
    const names = { ...state, category_code_3: state.group };
    for (const field of ['account_type', 'normal_side', 'category_code_3', 'grouping_code'] as const) {
      if (names[field] !== undefined || input.like_account_code) continue;
      problems.push(
        problem(field, 'is required without like_account_code', 'må oppgis når like_account_code ikke er oppgitt'),
      );
    }
    if (problems.length > 0) throw invalid(problems);
    const { account_type: type = '', group = '', grouping_code: grouping = '' } = state;
    const category = input.grouping_category ?? groupingCategoryOf(grouping) ?? '';
    const taxCode = input.default_tax_code === undefined ? (like?.default_tax_code ?? null) : input.default_tax_code;
    const dimensions = input.mandatory_dimensions ?? like?.mandatory_dimensions ?? [];
    const faults = await accountProblems(
      tx,
      clientAccountId,
      {
        account_type: type,
        group,
        grouping_code: grouping,
        grouping_category: category,
        default_tax_code: taxCode,
        mandatory_dimensions: dimensions,
      },
      { group: true, grouping: true, taxCode: true, dimensions: true },
    );
    if (faults.length > 0) throw invalid(faults);
    const id = await takeIds(tx, clientAccountId);
    await tx.execute(sql`
      insert into client_gl_accounts ${insertion({
        client_account_id: clientAccountId,
        account_code: input.account_code,
        id,
        is_own: true,
        name_nb: input.description_nob.trim(),
        name_en: (input.description_eng ?? input.description_nob).trim(),
        account_type: type,
        normal_side: state.normal_side,
        saft_category: category,
        saft_code: grouping,
        default_tax_code: taxCode,
        group_code: group,
        statement_line: like?.statement_line,
        // Flags for a special purpose (a VAT account, the target of the year-end transfer) are not copied.
        flags: (like?.flags ?? []).filter((flag) => INHERITED.has(flag)),
        mandatory_dimensions: dimensions,
        created_at: now,
        created_by_id: caller.userId,
        updated_at: now,
        updated_by_id: caller.userId,
      })}`);
    const row = await findAccountById(tx, { clientAccountId }, id);
    context.audit({ recordType: 'general_ledger_account', recordId: id, after: accountRecord(row) });
    return accountView(row, language);
  },
});

const INHERITED = new Set([
  'asset',
  'accumulated',
  'contra',
  'customer',
  'supplier',
  'employee',
  'bank',
  'cash',
  'depreciation',
]);
