import { activeBankConnections, type Mailbox, type MailboxSession, SendFailed } from '../integrations/index.ts';
import {
  beginSendingClaims,
  type ClaimSendOutcome,
  claimFilesToSend,
  endSendingClaims,
  type WaitingClaimFile,
} from '../consumer-invoicing/index.ts';
import { beginSending, endSending, ordersToSend, type SendOutcome, type WaitingOrder } from '../payments/index.ts';
import { AppError, type Text } from '../platform/errors.ts';
import type { Platform } from '../platform/operation.ts';

const CHUNK = 1_000;

type IsAsked = (clientAccountId: number) => boolean;

interface Waiting {
  orders: WaitingOrder[];
  claims: WaitingClaimFile[];
}

/** Approved orders and claim files of client accounts whose bank is connected through this mailbox. */
async function findWaiting({ database }: Platform, provider: string, isAsked: IsAsked): Promise<Waiting> {
  const connections = (await activeBankConnections(database)).filter(
    (each) => each.provider === provider && each.agreementState === 'connected' && isAsked(each.clientAccountId),
  );
  const connected = new Set(connections.map(({ clientAccountId, bic }) => `${clientAccountId} ${bic}`));
  const ids = [...new Set(connections.map(({ clientAccountId }) => clientAccountId))];
  const waiting: Waiting = { orders: [], claims: [] };
  for (let i = 0; i < ids.length; i += CHUNK) {
    const chunk = ids.slice(i, i + CHUNK);
    const found = await database.transaction({ clientAccounts: chunk, mode: 'read' }, async (tx) => ({
      orders: await ordersToSend(tx, chunk),
      claims: await claimFilesToSend(tx, chunk),
    }));
    const isOurs = ({ clientAccountId, bic }: { clientAccountId: number; bic: string }) =>
      connected.has(`${clientAccountId} ${bic}`);
    waiting.orders.push(...found.orders.filter(isOurs));
    waiting.claims.push(...found.claims.filter(isOurs));
  }
  return waiting;
}

/**
 * Sends approved orders and claim files. The attempt is committed before the message is sent; a message without a response
 * is sent again unchanged, and the bank recognises it by its id. For the given client accounts, or all. Returns how many the
 * mailbox has accepted.
 */
export async function sendRound(
  platform: Platform,
  mailbox: Mailbox,
  signal: AbortSignal,
  isAsked: IsAsked = () => true,
): Promise<number> {
  const { orders, claims } = await findWaiting(platform, mailbox.provider, isAsked);
  if (orders.length + claims.length === 0) return 0;
  return mailbox.open(async (session) => {
    let sent = 0;
    for (const order of orders) {
      signal.throwIfAborted();
      try {
        if (await sendOne(platform, session, order)) sent++;
      } catch (error) {
        platform.log.error({ err: error, payment_order: order.id }, 'payment order not sent');
      }
    }
    for (const file of claims) {
      signal.throwIfAborted();
      try {
        if (await sendClaims(platform, session, file)) sent++;
      } catch (error) {
        platform.log.error({ err: error, claim_file: file.id }, 'claims not sent');
      }
    }
    return sent;
  });
}

async function sendOne(platform: Platform, session: MailboxSession, { clientAccountId, id }: WaitingOrder) {
  const order = await beginSending(platform, clientAccountId, id);
  if (!order) return false;
  const outcome = await outcomeOf(session.send(order.messageId, order.xml), NOT_SENT.order);
  await endSending(platform, clientAccountId, order, outcome);
  if (!outcome.sent)
    platform.log.warn(
      { payment_order: id, problem: outcome.problem.code, certain: outcome.isCertain },
      'payment order not sent',
    );
  return outcome.sent;
}

async function sendClaims(platform: Platform, session: MailboxSession, { clientAccountId, id }: WaitingClaimFile) {
  const file = await beginSendingClaims(platform, clientAccountId, id);
  if (!file) return false;
  const outcome: ClaimSendOutcome = await outcomeOf(session.send(file.name, file.content, 'txt'), NOT_SENT.claims);
  await endSendingClaims(platform, clientAccountId, file, outcome);
  if (!outcome.sent) platform.log.warn({ claim_file: id, problem: outcome.problem.code }, 'claims not sent');
  return outcome.sent;
}

const NOT_SENT = {
  order: {
    nb: 'Ordren kunne ikke leveres til banken; det prøves igjen',
    en: 'The order could not be delivered to the bank; it is tried again',
  },
  claims: {
    nb: 'Kravfilen kunne ikke leveres til banken; det prøves igjen',
    en: 'The file of claims could not be delivered to the bank; it is tried again',
  },
};

async function outcomeOf(sending: Promise<void>, otherwise: Text): Promise<SendOutcome> {
  try {
    await sending;
    return { sent: true };
  } catch (error) {
    if (!(error instanceof SendFailed)) throw error;
    const { cause, isCertain } = error;
    const problem =
      cause instanceof AppError
        ? { code: cause.code, nb: cause.sentence('nb'), en: cause.sentence('en') }
        : { code: 'bank_mailbox.not_sent', ...otherwise };
    return { sent: false, isCertain, problem };
  }
}
