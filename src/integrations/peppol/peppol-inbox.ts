import sql from 'sql-template-tag';
import { receiveInvoice, receiveResponse } from '../../invoices/index.ts';
import { SCOPES } from '../../platform/caller.ts';
import { AppError } from '../../platform/errors.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import type { Platform } from '../../platform/operation.ts';
import { bookkeeperOf, ofActiveClientAccounts } from '../../tenancy/index.ts';
import { isOutsideFault } from '../outside-fault.ts';
import type { AccessPoint, WaitingDocument } from './access-point/access-point.ts';
import { isResponse } from './received-kind.ts';

/** Documents of one round; the next round continues. */
const MOST_DOCUMENTS = 500;
const LARGEST_DOCUMENT = 20_000_000;

export interface InboxRound {
  taken: number;
  /** They stay in the inbox and are tried in the next round. */
  left: number;
}

interface Receiver {
  clientAccountId: number;
  participant: string;
  /** The user who last switched it on or off. */
  userId: number | null;
}

/**
 * One round over the access point's inbox: each document is taken in for its addressee, also if that has left the network in
 * the meantime, and acknowledged after the commit. A repeated document is recognised by its instance id. A failed one stays
 * in the inbox and does not affect the others. Throws if the inbox itself cannot be reached.
 */
export async function peppolInboxRound(
  platform: Platform & { files: FileStore },
  signal: AbortSignal,
): Promise<InboxRound> {
  const round: InboxRound = { taken: 0, left: 0 };
  const accessPoint = platform.outside?.peppol?.accessPoint;
  if (!accessPoint) return round;
  let receivers: ReadonlyMap<string, Receiver> | undefined;
  let after = '';
  while (round.taken + round.left < MOST_DOCUMENTS) {
    const waiting = await accessPoint.waiting(after);
    const last = waiting.at(-1);
    // The same page again would loop forever.
    if (!last || last.id === after) return round;
    receivers ??= await receiversOf(platform);
    for (const document of waiting) {
      signal.throwIfAborted();
      const receiver = receivers.get(document.receiver.toLowerCase());
      if (await isTaken(platform, accessPoint, document, receiver)) round.taken++;
      else round.left++;
    }
    after = last.id;
  }
  return round;
}

/** All current and former participants; if two share an id, the active one. */
async function receiversOf({ database }: Platform): Promise<ReadonlyMap<string, Receiver>> {
  const rows = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<Receiver & { is_active: boolean }>(sql`
      select client_account_id as "clientAccountId", participant, updated_by_id as "userId", is_active
      from peppol_connections where client_account_id = any (${ids}::bigint[])`),
  );
  rows.sort((a, b) => Number(a.is_active) - Number(b.is_active));
  return new Map(rows.map((row) => [row.participant, row]));
}

async function isTaken(
  platform: Platform & { files: FileStore },
  accessPoint: AccessPoint,
  document: WaitingDocument,
  receiver: Receiver | undefined,
): Promise<boolean> {
  const { log } = platform;
  const facts = { document: document.id, client_account_id: receiver?.clientAccountId ?? null };
  if (!receiver) {
    log.warn(facts, 'Peppol document for nobody here');
    return false;
  }
  try {
    await takeIn(platform, accessPoint, document, receiver);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn({ ...facts, code: error.code }, 'Peppol document not taken in');
    return false;
  }
  try {
    await accessPoint.acknowledge(document.id);
  } catch (error) {
    // The next round finds the document again, and recognises it.
    if (!isOutsideFault(error)) throw error;
    log.warn({ ...facts, code: error.code }, 'Peppol document not acknowledged');
  }
  return true;
}

async function takeIn(
  { files, ...platform }: Platform & { files: FileStore },
  accessPoint: AccessPoint,
  { id, instanceId, sender, documentType }: WaitingDocument,
  { clientAccountId, participant, userId }: Receiver,
): Promise<void> {
  const { database, clock } = platform;
  const now = clock.now();
  const caller = await bookkeeperOf(database, clientAccountId, {
    ...(userId === null ? {} : { first: userId }),
    scopes: SCOPES,
    now,
  });
  const bytes = await accessPoint.document(id);
  const file = await files.stage(oneChunk(bytes), LARGEST_DOCUMENT);
  file.name = `peppol-${id.replace(/[^\w-]/g, '').slice(0, 60)}.xml`;
  file.contentType = 'application/xml';
  try {
    const call = { caller, clientAccountId };
    if (isResponse(file.beginning, documentType)) {
      const answer = { file, instanceId, sender, receiver: participant };
      const { value } = await receiveResponse.call({ ...platform, files }, call, answer);
      if (value.status === 'QUESTIONED')
        platform.log.warn(
          { client_account_id: clientAccountId, document_response: value.id },
          'invoice response questioned',
        );
    } else await receiveInvoice.call({ ...platform, files }, call, { file, channel: 'PEPPOL', instanceId });
  } finally {
    await file.discard();
  }
}

async function* oneChunk(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
