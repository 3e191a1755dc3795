import { activeBankConnections, type Mailbox, type MailboxSession, SendFailed } from '../integrations/index.ts';
import { beginSending, endSending, ordersToSend, type SendOutcome, type WaitingOrder } from '../payments/index.ts';
import { AppError } from '../platform/errors.ts';
import type { Platform } from '../platform/operation.ts';

const CHUNK = 1_000;

/** Approved orders of those whose bank is connected through this mailbox. */
async function waitingOrders({ database }: Platform, provider: string): Promise<WaitingOrder[]> {
  const connections = (await activeBankConnections(database)).filter(
    (each) => each.provider === provider && each.agreementState === 'connected',
  );
  const connected = new Set(connections.map(({ clientAccountId, bic }) => `${clientAccountId} ${bic}`));
  const ids = [...new Set(connections.map(({ clientAccountId }) => clientAccountId))];
  const waiting: WaitingOrder[] = [];
  for (let i = 0; i < ids.length; i += CHUNK) {
    const chunk = ids.slice(i, i + CHUNK);
    const orders = await database.transaction({ clientAccounts: chunk, mode: 'read' }, (tx) => ordersToSend(tx, chunk));
    waiting.push(...orders.filter(({ clientAccountId, bic }) => connected.has(`${clientAccountId} ${bic}`)));
  }
  return waiting;
}

/**
 * Sends what was approved. That an order is on its way is committed before it leaves; one whose answer was lost is sent again
 * as the same message, which the bank knows by its id. Returns how many the mailbox has taken.
 */
export async function sendRound(platform: Platform, mailbox: Mailbox, signal: AbortSignal): Promise<number> {
  const waiting = await waitingOrders(platform, mailbox.provider);
  if (waiting.length === 0) return 0;
  return mailbox.open(async (session) => {
    let sent = 0;
    for (const order of waiting) {
      signal.throwIfAborted();
      try {
        if (await sendOne(platform, session, order)) sent++;
      } catch (error) {
        platform.log.error({ err: error, payment_order: order.id }, 'payment order not sent');
      }
    }
    return sent;
  });
}

async function sendOne(platform: Platform, session: MailboxSession, { clientAccountId, id }: WaitingOrder) {
  const order = await beginSending(platform, clientAccountId, id);
  if (!order) return false;
  const outcome = await outcomeOf(session.send(order.messageId, order.xml));
  await endSending(platform, clientAccountId, order, outcome);
  if (!outcome.sent)
    platform.log.warn(
      { payment_order: id, problem: outcome.problem.code, certain: outcome.isCertain },
      'payment order not sent',
    );
  return outcome.sent;
}

async function outcomeOf(sending: Promise<void>): Promise<SendOutcome> {
  try {
    await sending;
    return { sent: true };
  } catch (error) {
    if (!(error instanceof SendFailed)) throw error;
    const { cause, isCertain } = error;
    const problem =
      cause instanceof AppError
        ? { code: cause.code, nb: cause.sentence('nb'), en: cause.sentence('en') }
        : {
            code: 'bank_mailbox.not_sent',
            nb: 'Ordren kunne ikke leveres til banken; det prøves igjen',
            en: 'The order could not be delivered to the bank; it is tried again',
          };
    return { sent: false, isCertain, problem };
  }
}
