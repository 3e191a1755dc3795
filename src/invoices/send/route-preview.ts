import { findDocument } from '../../banking/index.ts';
import { READERS } from '../../platform/caller.ts';
import { nullable, strict, Type } from '../../platform/http/schema.ts';
import { handedOnOperation } from '../../platform/operation.ts';
import { loadInvoice } from '../invoice-load.ts';
import { RouteStep, SEND_CHANNELS } from './delivery.ts';
import { routeInvoice } from './invoice-route.ts';

export const RouteView = strict({
  channel: Type.Enum([...SEND_CHANNELS]),
  claim: nullable(
    Type.Enum(['bank', 'payee'], { description: 'A claim of AvtaleGiro goes with it: who tells the payer' }),
  ),
  route: Type.Array(RouteStep),
});

/** The channel that would be used for a document now. */
export const previewRoute = handedOnOperation({
  name: 'document.route',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS } as const,
  async run({ platform, clientAccountId }, { id }: { id: number }) {
    const loaded = await loadInvoice(platform, clientAccountId, (tx) => findDocument(tx, clientAccountId, id));
    const input = { channel: null, email: null, failed: new Map() };
    const { channel, claim, steps } = await routeInvoice(platform, clientAccountId, loaded, input);
    return { channel, claim, route: steps };
  },
});
