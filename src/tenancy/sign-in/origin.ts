import type { FastifyRequest } from 'fastify';

/** The address of this site as the sender of the request sees it. */
export function requestOrigin(request: Pick<FastifyRequest, 'protocol' | 'host'>): string {
  return `${request.protocol}://${request.host}`;
}
