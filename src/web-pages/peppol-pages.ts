import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getClientOrganization, getPeppolStatus, switchPeppol } from '../integrations/index.ts';
import { assert } from '../kernel/assert.ts';
import { AppError } from '../platform/errors.ts';
import { acceptForms } from '../platform/http/request-body.ts';
import type { Run } from './integrations/integration-pages.ts';
import { peppolPage, peppolPath } from './peppol-page.tsx';
import { idOf } from './record-id.ts';
import { sendHtml } from './send-html.ts';

const LONGEST_KEY = 200;

interface AccountPath {
  Params: { id: string };
}

/** Peppol for a client account: status and activation. */
export async function registerPeppolPages(pages: FastifyInstance, run: Run): Promise<void> {
  await pages.register(async (own) => {
    acceptForms(own);

    own.get<AccountPath>('/client-accounts/:id/integrations/peppol', (request, reply) =>
      showPeppol(request, reply, idOf(request.params.id)),
    );

    own.post<AccountPath>('/client-accounts/:id/integrations/peppol', async (request, reply) => {
      const id = idOf(request.params.id);
      const { is_active: isActive, migration_key: key } = (request.body ?? {}) as Record<string, unknown>;
      const migrationKey = typeof key === 'string' ? key.trim().slice(0, LONGEST_KEY) || null : null;
      try {
        await run(switchPeppol, request, id, { isActive: isActive === '1', migrationKey });
      } catch (error) {
        // A caller without access gets a separate page.
        if (!(error instanceof AppError) || error.spec.status === 401 || error.spec.status === 403) throw error;
        return showPeppol(request, reply, id, error);
      }
      return reply.redirect(peppolPath(id), 303);
    });
  });

  async function showPeppol(request: FastifyRequest, reply: FastifyReply, id: number, refusal?: AppError) {
    const { language } = request;
    const account = await run(getClientOrganization, request, id, undefined);
    const status = await run(getPeppolStatus, request, id, { clientAccountId: id });
    assert('connected' in status, 'one client account has one status');
    return sendHtml(reply, peppolPage({ language, account, status, refusal }), refusal?.spec.status ?? 200);
  }
}
