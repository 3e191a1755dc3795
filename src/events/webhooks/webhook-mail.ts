import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';
import { queueMail } from '../../platform/mail.ts';
import type { WebhookRow } from './webhook.ts';

interface Disabled {
  hook: WebhookRow;
  reason: 'FAILING' | 'GONE';
  publicUrl: string | undefined;
  since: string;
}

/** Mail to the webhook's creator: the webhook is disabled, and why. */
export async function disabledMail(tx: Transaction, { hook, reason, publicUrl, since }: Disabled): Promise<void> {
  const to = await tx.maybe<{ email: string; language: Language; company: string }>(sql`
    select u.email, u.language, c.display_name as company from users u, client_accounts c
    where u.id = ${hook.created_by_id} and u.is_active and c.id = ${hook.client_account_id}`);
  if (!to) return;
  const { host } = new URL(hook.url);
  const page = `${publicUrl ?? ''}/client-accounts/${hook.client_account_id}/webhooks`;
  const words = {
    nb: {
      subject: `Webhooken til ${host} er slått av`,
      why: {
        FAILING: `Ingen hendelser for ${to.company} har kommet fram til ${host} siden ${since}.`,
        GONE: `${host} svarte at mottakeren av hendelser for ${to.company} ikke finnes lenger (410).`,
      },
      next: 'Hendelsene er lagret i 90 dager. Når mottakeren virker igjen, slå webhooken på; det som venter, sendes da.',
    },
    en: {
      subject: `The webhook to ${host} is disabled`,
      why: {
        FAILING: `No event of ${to.company} has reached ${host} since ${since}.`,
        GONE: `${host} answered that the receiver of events of ${to.company} is gone (410).`,
      },
      next: 'Events are kept for 90 days. When the receiver works again, activate the webhook; what waits is sent then.',
    },
  }[to.language];
  await queueMail(tx, {
    recipient: to.email,
    subject: words.subject,
    text: `${words.why[reason]}\n\n${words.next}\n\n${page}\n`,
  });
}
