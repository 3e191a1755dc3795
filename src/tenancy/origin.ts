import type { FastifyRequest } from 'fastify';
import type { Platform } from '../platform/operation.ts';

/** The address of this site: the configured one, else as the sender of the request sees it. */
export function originOf(platform: Pick<Platform, 'publicUrl'>, request: Pick<FastifyRequest, 'protocol' | 'host'>) {
  return platform.publicUrl ?? requestOrigin(request);
}

export function requestOrigin(request: Pick<FastifyRequest, 'protocol' | 'host'>): string {
  return `${request.protocol}://${request.host}`;
}
