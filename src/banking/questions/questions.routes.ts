import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { Id, strict, Type } from '../../platform/http/schema.ts';
import { NewQuestion, QUESTION_STATUSES, QuestionChanges, QuestionView } from './question.ts';
import { answerQuestion, createQuestion, getQuestion, listQuestions } from './questions.ts';

const tag = 'Questions';
const one = {
  tag,
  path: '/questions/{id}',
  client: 'record',
  recordIn: 'questions',
  params: strict({ id: Id }),
  response: QuestionView,
} as const;

export const questionRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/questions',
    tag,
    summary: 'List questions to the client',
    operation: listQuestions,
    client: 'query',
    query: strict({
      client_account_id: Id,
      document_id: Type.Optional(Id),
      bank_transaction_id: Type.Optional(Id),
      status: Type.Optional(Type.Enum([...QUESTION_STATUSES])),
      order_by: Type.Optional(Type.String({ maxLength: 200 })),
      ...pageQuery(25),
    }),
    response: listOf(QuestionView),
    input: ({ query }) => ({
      ...pageOf(query, 25),
      documentId: query.document_id ?? null,
      bankTransactionId: query.bank_transaction_id ?? null,
      status: query.status ?? null,
      orderBy: query.order_by,
    }),
  }),
  route({
    method: 'POST',
    path: '/questions',
    tag,
    summary: 'Ask the client a question',
    operation: createQuestion,
    client: 'body',
    status: 201,
    body: NewQuestion,
    response: QuestionView,
    input: ({ body: { client_account_id: _, ...question } }) => question,
  }),
  route({
    ...one,
    method: 'GET',
    summary: 'A question',
    operation: getQuestion,
    input: ({ params }) => ({ id: params.id }),
  }),
  ...(['POST', 'PUT'] as const).map((method) =>
    route({
      ...one,
      method,
      summary: 'Answer or close a question',
      operation: answerQuestion,
      body: QuestionChanges,
      input: ({ params, body }) => ({ id: params.id, changes: body }),
    }),
  ),
];
