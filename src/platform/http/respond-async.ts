import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JobView } from '../jobs/job-view.ts';
import { API_PREFIX } from './api-prefix.ts';

/** RFC 7240 section 4.1: the caller prefers a job over waiting. */
export function prefersAsync({ headers }: FastifyRequest): boolean {
  const given = headers.prefer;
  return [given ?? []]
    .flat()
    .join(',')
    .split(',')
    .some((preference) => preference.split(/[;=]/)[0]!.trim().toLowerCase() === 'respond-async');
}

/** 202 with the job and the URL of its status. */
export function sendAccepted(reply: FastifyReply, job: JobView): FastifyReply {
  return reply
    .status(202)
    .header('preference-applied', 'respond-async')
    .header('location', `${API_PREFIX}/jobs/${job.id}`)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(job));
}
