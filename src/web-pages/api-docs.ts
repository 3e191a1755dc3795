import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { API_PREFIX } from '../platform/http/server.ts';

/** `/api/v2/openapi.json`, and the same to browse and try at `/docs`: all files from this server. */
export async function registerApiDocs(server: FastifyInstance, document: object): Promise<void> {
  const text = JSON.stringify(document);
  await server.register(async (docs) => {
    docs.get(`${API_PREFIX}/openapi.json`, (_request, reply) =>
      reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache').send(text),
    );
    await docs.register(swagger, { mode: 'static', specification: { document: document as never } });
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: true,
      uiConfig: {
        docExpansion: 'none',
        defaultModelsExpandDepth: 0,
        displayRequestDuration: true,
        tryItOutEnabled: true,
      },
      theme: { title: 'Hovedbok API' },
    });
  });
}
