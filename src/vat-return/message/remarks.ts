import sql from 'sql-template-tag';
import { textArray } from '../../ledger/index.ts';
import { BOOKKEEPERS, READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { nullable, type Static, strict, Type, MultiLineText } from '../../platform/http/schema.ts';
import { readOperation, writeOperation } from '../../platform/operation.ts';
import { vatReturnErrors } from '../errors.ts';
import { LINE_REMARKS, RETURN_REMARKS } from './remark-codes.ts';
import type { Remark, RemarkOf, Side } from './return-lines.ts';
import { type Term, termOf } from '../terms/term.ts';

export const RemarkView = strict({
  tax_code: nullable(Type.String({ maxLength: 70, description: 'Own code of the line; null: the return as a whole' })),
  side: nullable(Type.Enum(['output', 'deduction'])),
  remark: nullable(Type.String({ description: 'From the code list; null where description says it' })),
  description: nullable(MultiLineText({ maxLength: 4000 })),
});
export type RemarkView = Static<typeof RemarkView>;

export const RemarkInput = strict({
  tax_code: Type.Optional(RemarkView.properties.tax_code),
  side: Type.Optional(RemarkView.properties.side),
  remark: Type.Optional(RemarkView.properties.remark),
  description: Type.Optional(RemarkView.properties.description),
});
export type RemarkInput = Static<typeof RemarkInput>;

/** The remarks of a term, those of the return first. */
export function remarkRows(tx: Transaction, clientAccountId: number, { from, to }: Term): Promise<RemarkView[]> {
  return tx.rows<RemarkView>(sql`
    select tax_code, side, remark, description from vat_return_remarks
    where client_account_id = ${clientAccountId} and from_date = ${from} and to_date = ${to}
    order by tax_code nulls first, side desc`);
}

/** The remark of the return, and those of its lines. */
export function remarksOf(rows: readonly RemarkView[]): { whole: Remark | null; of: RemarkOf } {
  const find = (code: string | null, side: Side | null): Remark | null => {
    const row = rows.find((one) => one.tax_code === code && one.side === side);
    if (!row) return null;
    return row.remark === null ? { description: row.description! } : { selected: row.remark };
  };
  return { whole: find(null, null), of: find };
}

export const listRemarks = readOperation({
  name: 'vat-return.remarks',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: async ({ tx, clientAccountId }, term: Term) => ({ data: await remarkRows(tx, clientAccountId, term) }),
});

/** Replaces the remarks of the term. */
export const saveRemarks = writeOperation({
  name: 'vat-return.save-remarks',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, { term, remarks }: { term: Term; remarks: readonly RemarkInput[] }) {
    const { tx, clientAccountId, caller, now, audit } = context;
    if (!termOf(term)) throw vatReturnErrors.not_a_term({ from_date: term.from, to_date: term.to });
    const given = remarks.map(({ tax_code = null, side = null, remark = null, description = null }) => ({
      tax_code,
      side,
      remark,
      description,
    }));
    await refuseFaults(tx, clientAccountId, given);
    const before = await remarkRows(tx, clientAccountId, term);
    await tx.execute(sql`
      delete from vat_return_remarks
      where client_account_id = ${clientAccountId} and from_date = ${term.from} and to_date = ${term.to}`);
    const column = (name: keyof RemarkView) => textArray(given.map((row) => row[name]));
    await tx.execute(sql`
      insert into vat_return_remarks (client_account_id, from_date, to_date, tax_code, side, remark, description, created_at, created_by_id)
      select ${clientAccountId}, ${term.from}, ${term.to}, r.tax_code, r.side, r.remark, r.description, ${now}, ${caller.userId}
      from unnest(${column('tax_code')}::text[], ${column('side')}::text[], ${column('remark')}::text[],
        ${column('description')}::text[]) with ordinality as r (tax_code, side, remark, description, n) order by n`);
    const after = await remarkRows(tx, clientAccountId, term);
    audit({
      recordType: 'vat_return_remarks',
      before: { ...term, remarks: before },
      after: { ...term, remarks: after },
    });
    return { data: after };
  },
});

async function refuseFaults(tx: Transaction, clientAccountId: number, given: readonly RemarkView[]): Promise<void> {
  const codes = await tx.rows<{ code: string }>(
    sql`select code from tax_codes where client_account_id = ${clientAccountId}`,
  );
  const known = new Set(codes.map(({ code }) => code));
  const faults: FieldProblem[] = [];
  const seen = new Set<string>();
  given.forEach((row, i) => {
    const fault = (field: string, en: string, nb: string) => faults.push(problem(`remarks[${i}].${field}`, en, nb));
    if ((row.remark === null) === (row.description === null || row.description.trim() === ''))
      fault('remark', 'give either remark or description', 'oppgi enten remark eller description');
    if ((row.tax_code === null) !== (row.side === null))
      fault('side', 'goes together with tax_code', 'hører sammen med tax_code');
    if (row.tax_code !== null && !known.has(row.tax_code))
      fault('tax_code', `unknown VAT code ${row.tax_code}`, `ukjent mva-kode ${row.tax_code}`);
    const list = row.tax_code === null ? RETURN_REMARKS : LINE_REMARKS;
    if (row.remark !== null && !list.some(({ code }) => code === row.remark)) {
      const listed = list.map(({ code }) => code).join(', ');
      fault('remark', `must be one of ${listed}`, `må være en av ${listed}`);
    }
    const key = JSON.stringify([row.tax_code, row.side]);
    if (seen.has(key)) fault('tax_code', 'a second remark on the same line', 'enda en merknad på samme linje');
    seen.add(key);
  });
  if (faults.length > 0) throw invalid(faults);
}
