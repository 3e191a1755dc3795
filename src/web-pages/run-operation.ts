import type { FastifyRequest } from 'fastify';
import type { Operation } from '../platform/operation.ts';

/** Calls an operation for whoever asked for the page. Throws what it throws. */
export type RunOperation = <I, O>(
  operation: Operation<I, O>,
  request: FastifyRequest,
  clientAccountId: number | null,
  input: I,
) => Promise<O>;
