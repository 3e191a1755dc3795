import type { FastifyInstance } from 'fastify';
import { API_PREFIX } from '../../platform/http/api-prefix.ts';
import type { HtmlDocument } from '../../reports/index.ts';
import { type ApiDescription, apiDocsPage } from './api-docs-page.tsx';
import { sendHtml } from '../send-html.ts';

/** `/api/v2/openapi.json`, and a browsable version at `/docs`. */
export async function registerApiDocs(server: FastifyInstance, document: object): Promise<void> {
  const text = JSON.stringify(document);
  let page: HtmlDocument | undefined;
  await server.register(async (docs) => {
    docs.get(`${API_PREFIX}/openapi.json`, (_request, reply) =>
      reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache').send(text),
    );
    docs.get('/docs', (_request, reply) => sendHtml(reply, (page ??= apiDocsPage(document as ApiDescription))));
  });
}
