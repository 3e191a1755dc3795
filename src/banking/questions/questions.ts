import sql, { join, type Sql } from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS, READERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { envelope, limitOffset, orderBy, type Page } from '../../platform/http/paging.ts';
import { readOperation, writeOperation } from '../../platform/operation.ts';
import { bankingErrors } from '../errors.ts';
import { findQuestion, type NewQuestion, type QuestionChanges, questionRows, type QuestionView } from './question.ts';

export interface ListQuestions extends Page {
  documentId: number | null;
  bankTransactionId: number | null;
  status: QuestionView['question_status'] | null;
  orderBy: string | undefined;
}

const ORDER = { id: 'id', created_at: 'created_at', question_status: 'question_status' };

export const listQuestions = readOperation({
  name: 'question.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: ListQuestions) {
    const conditions: Sql[] = [sql`client_account_id = ${clientAccountId}`];
    if (input.documentId !== null) conditions.push(sql`document_id = ${input.documentId}`);
    if (input.bankTransactionId !== null) conditions.push(sql`bank_transaction_id = ${input.bankTransactionId}`);
    if (input.status !== null) conditions.push(sql`question_status = ${input.status}`);
    const where = join(conditions, ' and ');
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from questions where ${where}`,
    );
    const order = orderBy(input.orderBy, ORDER, 'id asc');
    return envelope(await questionRows(tx, where, sql`${order} ${limitOffset(input)}`), input, records);
  },
});

export const getQuestion = readOperation({
  name: 'question.get',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: ({ tx, clientAccountId }, input: { id: number }) => findQuestion(tx, clientAccountId, input.id),
});

/** Asks a question. The document is a commercial document or a voucher. */
export const createQuestion = writeOperation({
  name: 'question.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, caller, now, audit }, input: NewQuestion): Promise<QuestionView> {
    await requireSubjects(tx, clientAccountId, input);
    const options = (input.answer_options ?? []).map((each) => (typeof each === 'string' ? each : each.option));
    const id = await takeIds(tx, clientAccountId, 1 + options.length);
    const stamp = { client_account_id: clientAccountId, created_at: now, created_by_id: caller.userId };
    await tx.execute(sql`
      insert into questions ${insertion({
        ...stamp,
        id,
        document_id: input.document_id,
        bank_transaction_id: input.bank_transaction_id,
        type: input.type,
        question: input.question.trim(),
        answer_action: input.answer_action,
      })}`);
    for (const [index, option] of options.entries())
      await tx.execute(sql`
        insert into question_answer_options ${insertion({ ...stamp, id: id + 1 + index, question_id: id, option })}`);
    const made = await findQuestion(tx, clientAccountId, id);
    audit({ recordType: 'question', recordId: id, after: made });
    return made;
  },
});

async function requireSubjects(tx: Transaction, clientAccountId: number, input: NewQuestion): Promise<void> {
  const problems: FieldProblem[] = [];
  const { bank_transaction_id: transaction, document_id: document } = input;
  if (transaction != null) {
    const found = await tx.maybe(sql`
      select 1 from bank_transactions where client_account_id = ${clientAccountId} and id = ${transaction}`);
    if (!found) problems.push(problem('bank_transaction_id', 'no such bank transaction', 'ingen slik banktransaksjon'));
  }
  if (document != null) {
    const found = await tx.maybe(sql`
      select 1 from documents where client_account_id = ${clientAccountId} and id = ${document}`);
    if (!found) problems.push(problem('document_id', 'no such document', 'intet slikt dokument'));
  }
  if (problems.length > 0) throw invalid(problems);
}

/**
 * Answers a question, or closes it without an answer. Errors: banking.question_closed, 400 for options that the question
 * does not have.
 */
export const answerQuestion = writeOperation({
  name: 'question.answer',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(
    { tx, clientAccountId, caller, now, audit },
    { id, changes }: { id: number; changes: QuestionChanges },
  ): Promise<QuestionView> {
    const before = await findQuestion(tx, clientAccountId, id, sql`for update`);
    if (before.question_status === 'CLOSED') throw bankingErrors.question_closed({ question_status: 'CLOSED' });
    const chosen = changes.selected_answer_option_ids;
    const known = new Set(before.answer_options.map((option) => option.id));
    const problems = (chosen ?? []).flatMap((option, i) =>
      known.has(option)
        ? []
        : [
            problem(
              `selected_answer_option_ids[${i}]`,
              `${option} is no option of it`,
              `${option} er ikke et av svarene`,
            ),
          ],
    );
    const answers = changes.answer != null || (chosen?.length ?? 0) > 0;
    if (!answers && changes.question_status !== 'CLOSED')
      problems.push(
        problem('answer', 'is required, or selected_answer_option_ids', 'må oppgis, eller selected_answer_option_ids'),
      );
    if (problems.length > 0) throw invalid(problems);
    if (chosen)
      await tx.execute(sql`
        update question_answer_options set selected_answer = id = any(${chosen}::bigint[])
        where client_account_id = ${clientAccountId} and question_id = ${id}`);
    await tx.execute(sql`
      update questions set answer = ${changes.answer === undefined ? before.answer : changes.answer},
        question_status = ${changes.question_status ?? 'ANSWERED'},
        answered_at = ${answers ? now : before.answered_at}, answered_by_id = ${answers ? caller.userId : before.answered_by_id}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    const after = await findQuestion(tx, clientAccountId, id);
    audit({ recordType: 'question', recordId: id, before, after });
    return after;
  },
});
