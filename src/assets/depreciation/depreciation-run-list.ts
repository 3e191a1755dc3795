import sql, { join } from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { type Language, requestErrors } from '../../platform/errors.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { readRunAssets, RUN_COLUMNS, type RunRow, runView } from './depreciation-run.ts';
import { firstDay, type Month } from './month.ts';

/** Runs of a client account, the newest month first. */
export const listDepreciationRuns = readOperation({
  name: 'depreciation-run.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: Page & { month: Month | null; language: Language }) {
    const conditions = [sql`r.client_account_id = ${clientAccountId}`];
    if (input.month !== null) conditions.push(sql`r.month = ${firstDay(input.month)}`);
    const where = join(conditions, ' and ');
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from depreciation_runs r where ${where}`,
    );
    const rows = await tx.rows<RunRow>(sql`
      select ${RUN_COLUMNS} from depreciation_runs r where ${where}
      order by r.month desc, r.version desc ${limitOffset(input)}`);
    return envelope(
      rows.map((row) => runView(row, input.language)),
      input,
      records,
    );
  },
});

/** One run with its result for each asset. */
export const getDepreciationRun = readOperation({
  name: 'depreciation-run.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { id: number; language: Language }) {
    const row = await tx.maybe<RunRow>(sql`
      select ${RUN_COLUMNS} from depreciation_runs r
      where r.client_account_id = ${clientAccountId} and r.id = ${input.id}`);
    if (!row) throw requestErrors.not_found({ what: 'Depreciation run' });
    return { ...runView(row, input.language), assets: await readRunAssets(tx, clientAccountId, input.id) };
  },
});
