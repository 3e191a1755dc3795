import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  findDialogs,
  getClientOrganization,
  listSystemUsers,
  noteReturn,
  requestSystemUser,
  RETURN_PATH,
  type SystemUserView,
} from '../../integrations/index.ts';
import { AppError } from '../../platform/errors.ts';
import { acceptForms } from '../../platform/http/request-body.ts';
import type { Platform } from '../../platform/operation.ts';
import { altinnPage, returnedPage } from './altinn-page.tsx';
import { dialogsPage } from './dialogs-page.tsx';
import { idOf } from '../record-id.ts';
import type { Run } from './integration-pages.ts';
import { sendHtml } from '../send-html.ts';

/** A client account's access through Altinn: its system user, its dialogs, and the return from an approval. */
export async function registerAltinnPages(
  pages: FastifyInstance,
  { platform, run }: { platform: Platform; run: Run },
): Promise<void> {
  await pages.register(async (own) => {
    acceptForms(own);

    own.get<{ Params: { id: string } }>('/client-accounts/:id/integrations/altinn', (request, reply) =>
      showAltinn(request, reply, idOf(request.params.id)),
    );

    own.post<{ Params: { id: string } }>('/client-accounts/:id/integrations/altinn', async (request, reply) => {
      const id = idOf(request.params.id);
      try {
        await run(requestSystemUser, request, id, undefined);
      } catch (error) {
        // A caller without access gets a separate page; Altinn's refusal is shown on the form itself.
        if (!(error instanceof AppError) || [401, 403, 404].includes(error.spec.status)) throw error;
        return showAltinn(request, reply, id, error);
      }
      return reply.redirect(`/client-accounts/${id}/integrations/altinn`, 303);
    });

    own.get<{ Params: { id: string } }>('/client-accounts/:id/integrations/dialogs', async (request, reply) => {
      const id = idOf(request.params.id);
      const { status } = request.query as Record<string, unknown>;
      const asked = typeof status === 'string' && /^\w{1,100}$/.test(status) ? status : undefined;
      const account = await run(getClientOrganization, request, id, undefined);
      const found = await run(findDialogs, request, id, { status: asked });
      return sendHtml(reply, dialogsPage({ language: request.language, account, found, status: asked ?? '' }));
    });

    own.get(RETURN_PATH, async (request, reply) => {
      const returned = await noteReturn(platform, (request.query as Record<string, unknown>).key);
      // The approver may not be a user here; a user returns to the client account that the request is for.
      if (returned && request.caller?.roles.has(returned.clientAccountId))
        return reply.redirect(`/client-accounts/${returned.clientAccountId}/integrations/altinn`, 303);
      return sendHtml(reply, returnedPage(request.language, request.caller !== null, returned !== null));
    });
  });

  async function showAltinn(request: FastifyRequest, reply: FastifyReply, id: number, refusal?: AppError) {
    const account = await run(getClientOrganization, request, id, undefined);
    const { items } = await run(listSystemUsers, request, id, { page: 1, perPage: 20 });
    const [standing, ...earlier]: (SystemUserView | undefined)[] = account.organization_number
      ? items.filter((one) => one.org_number === account.organization_number)
      : [];
    const html = altinnPage({
      language: request.language,
      account,
      standing,
      earlier: earlier.filter((one) => one !== undefined),
      refusal,
    });
    return sendHtml(reply, html, refusal?.spec.status ?? 200);
  }
}
