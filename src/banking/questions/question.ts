import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { readOnly } from '../../masters/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { Id, nullable, type Static, strict, TimeText, Type, MultiLineText } from '../../platform/http/schema.ts';

export const QUESTION_TYPES = ['QUESTION', 'ATTACH_FILE', 'STATEMENT'] as const;
export const QUESTION_STATUSES = ['OPEN', 'ANSWERED', 'CLOSED'] as const;

const QuestionType = Type.Enum([...QUESTION_TYPES], {
  description: 'ATTACH_FILE and STATEMENT are closed when the transaction gets a statement',
});
const AnswerText = nullable(MultiLineText({ maxLength: 4000 }));

export const AnswerOption = strict({
  id: Id,
  created_by_id: nullable(Id),
  created_at: TimeText,
  question_id: Id,
  option: Type.String(),
  selected_answer: Type.Boolean(),
});

/** A question of the accountant to the client, about a transaction, a document, or the books. */
export const QuestionView = strict({
  id: Id,
  created_at: TimeText,
  created_by_id: nullable(Id),
  client_account_id: Id,
  document_id: nullable(Id),
  bank_transaction_id: nullable(Id),
  type: QuestionType,
  question: MultiLineText(),
  answer_action: nullable(Type.String()),
  answer: AnswerText,
  question_status: Type.Enum([...QUESTION_STATUSES]),
  answered_at: nullable(TimeText),
  answered_by_id: nullable(Id),
  answer_options: Type.Array(AnswerOption),
});
export type QuestionView = Static<typeof QuestionView>;

export const NewQuestion = strict({
  client_account_id: Id,
  question: MultiLineText({ minLength: 1, maxLength: 4000, pattern: '\\S' }),
  type: Type.Optional(QuestionType),
  document_id: Type.Optional(nullable(Id)),
  bank_transaction_id: Type.Optional(nullable(Id)),
  answer_action: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 100 }))),
  answer_options: Type.Optional(
    Type.Array(
      Type.Union([
        Type.String({ minLength: 1, maxLength: 500 }),
        strict({
          option: Type.String({ minLength: 1, maxLength: 500 }),
          ...readOnly('id', 'created_at', 'created_by_id', 'question_id', 'selected_answer'),
        }),
      ]),
      { maxItems: 50 },
    ),
  ),
});
export type NewQuestion = Omit<Static<typeof NewQuestion>, 'client_account_id'>;

export const QuestionChanges = strict({
  answer: Type.Optional(AnswerText),
  selected_answer_option_ids: Type.Optional(Type.Array(Id, { maxItems: 50 })),
  question_status: Type.Optional(
    Type.Enum(['ANSWERED', 'CLOSED'], { description: 'Left out: an answer makes it ANSWERED' }),
  ),
});
export type QuestionChanges = Static<typeof QuestionChanges>;

interface QuestionRow extends Omit<QuestionView, 'created_at' | 'answered_at' | 'answer_options'> {
  created_at: Date;
  answered_at: Date | null;
}

export async function questionRows(tx: Transaction, where: Sql, tail: Sql): Promise<QuestionView[]> {
  const rows = await tx.rows<QuestionRow>(sql`
    select id, created_at, created_by_id, client_account_id, document_id, bank_transaction_id, type, question,
      answer_action, answer, question_status, answered_at, answered_by_id
    from questions where ${where} ${tail}`);
  const options = await optionsOf(tx, rows);
  return rows.map((row) => ({
    ...row,
    created_at: isoSeconds(row.created_at),
    answered_at: row.answered_at && isoSeconds(row.answered_at),
    answer_options: options.get(row.id) ?? [],
  }));
}

async function optionsOf(tx: Transaction, questions: readonly QuestionRow[]) {
  if (questions.length === 0) return new Map<number, Static<typeof AnswerOption>[]>();
  const clientAccounts = [...new Set(questions.map((question) => question.client_account_id))];
  const rows = await tx.rows<Omit<Static<typeof AnswerOption>, 'created_at'> & { created_at: Date }>(sql`
    select id, created_by_id, created_at, question_id, option, selected_answer from question_answer_options
    where client_account_id = any(${clientAccounts}::bigint[])
      and question_id = any(${questions.map(({ id }) => id)}::bigint[]) order by id`);
  return groupBy(
    rows.map((row) => ({ ...row, created_at: isoSeconds(row.created_at) })),
    (row) => row.question_id,
  );
}

/** One question. Throws 404. */
export async function findQuestion(
  tx: Transaction,
  clientAccountId: number,
  id: number,
  lock: Sql = sql``,
): Promise<QuestionView> {
  const [question] = await questionRows(tx, sql`client_account_id = ${clientAccountId} and id = ${id}`, lock);
  if (!question) throw requestErrors.not_found({ what: 'Question' });
  return question;
}

/** The questions about these transactions, by transaction. */
export async function questionsOf(tx: Transaction, clientAccountId: number, ids: readonly number[]) {
  const rows = await questionRows(
    tx,
    sql`client_account_id = ${clientAccountId} and bank_transaction_id = any(${[...ids]}::bigint[])`,
    sql`order by id`,
  );
  return groupBy(rows, (row) => row.bank_transaction_id!);
}
