import type { FastifyReply } from 'fastify';
import type { HtmlDocument } from '../reports/index.ts';

/** Sends a page that runs no script, loads nothing from elsewhere, cannot be framed and is not cached. */
export function sendHtml(
  reply: FastifyReply,
  { html, contentSecurityPolicy }: HtmlDocument,
  status = 200,
): FastifyReply {
  return reply
    .status(status)
    .headers({
      'content-security-policy': contentSecurityPolicy,
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(html);
}
