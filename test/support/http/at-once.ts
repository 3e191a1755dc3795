import { expect } from 'vitest';
import type { Answer, DomainApi } from './domain-api.ts';
import type { Books } from '../books/books.ts';

/** A request that changes a state: `differently` is another request for the same change. */
export interface Transition {
  method: string;
  path: string;
  body?: object;
  differently?: (i: number) => object;
  /** Whether this response changed something. By default every success does. */
  isDone?: (answer: Answer) => boolean;
}

const TIMES = 10;

const succeeded = ({ status }: Answer) => status < 300;

/**
 * Ten concurrent requests, all equal or all different: one transition; the others change nothing or get the reason
 * (409).
 */
export async function oneOfMany(api: DomainApi, books: Books, asked: Transition, different: boolean): Promise<void> {
  const { method, path, body, differently, isDone = succeeded } = asked;
  const answers = await Promise.all(
    Array.from({ length: TIMES }, (_, i) =>
      api(method, path, books.token, different && differently ? differently(i) : body),
    ),
  );
  const outcomes = answers.map(({ status, body: answer }) => `${status} ${answer?.details?.code ?? ''}`);
  expect(
    answers.filter((answer) => succeeded(answer) && isDone(answer)),
    outcomes.join(', '),
  ).toHaveLength(1);
  for (const answer of answers) {
    if (succeeded(answer)) continue;
    expect(answer.status, outcomes.join(', ')).toBe(409);
    expect(answer.body.error).toMatch(/\w+ \w+/);
  }
}

/** Ten identical concurrent requests under one idempotency key: one result, returned to all of them. */
export async function oneAndItsReplays(api: DomainApi, books: Books, asked: Transition): Promise<void> {
  const { method, path, body } = asked;
  const answers = await Promise.all(
    Array.from({ length: TIMES }, () =>
      api(method, path, books.token, body, { 'idempotency-key': `at once ${method} ${path}` }),
    ),
  );
  for (const answer of answers) {
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    expect(answer.body).toEqual(answers[0]!.body);
  }
}
