import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import sql from 'sql-template-tag';
import { findDocument } from '../../banking/index.ts';
import { parseAmount } from '../../kernel/money.ts';
import { lockBooks } from '../../ledger/index.ts';
import { BOOKKEEPERS, READERS } from '../../platform/caller.ts';
import { safeFileName } from '../../platform/http/content-disposition.ts';
import { type Mail, queueMail } from '../../platform/mail.ts';
import {
  decideAccess,
  handedOnOperation,
  type Operation,
  type Platform,
  writeOperation,
} from '../../platform/operation.ts';
import { amountText, dateText } from '../../reports/index.ts';
import { type LoadedInvoice, loadInvoice, pdfParts } from '../invoice-load.ts';
import { invoicePdf, type InvoicePdfParts } from '../pdf/invoice-pdf.ts';
import { reminderErrors } from './errors.ts';
import { findReminder, type ReminderView } from './reminder.ts';
import { printOfReminder } from './reminder-print.ts';

interface LoadedReminder {
  reminder: ReminderView;
  invoice: LoadedInvoice;
  parts: InvoicePdfParts;
}

async function load(platform: Platform, clientAccountId: number, id: number): Promise<LoadedReminder> {
  let reminder: ReminderView | undefined;
  const invoice = await loadInvoice(platform, clientAccountId, async (tx) => {
    reminder = await findReminder(tx, clientAccountId, id);
    return findDocument(tx, clientAccountId, reminder.document_id);
  });
  const now = platform.clock.now();
  const parts = { ...pdfParts(invoice, now), print: printOfReminder(invoice, reminder!), files: [] };
  return { reminder: reminder!, invoice, parts };
}

/** A reminder as PDF. */
export const getReminderPdf = handedOnOperation({
  name: 'reminder.pdf',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: async ({ platform, clientAccountId }, { id }: { id: number }): Promise<InvoicePdfParts> =>
    (await load(platform, clientAccountId, id)).parts,
});

const name = 'reminder.send';
const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

export interface SendReminder {
  id: number;
  /** Null: e-mail if there is an address, else print. */
  channel: 'EMAIL' | 'PRINT' | null;
  /** Instead of the customer’s. */
  email: string | null;
}

/**
 * Sends a reminder once: a repeated call returns the earlier sending, unless its mail has failed. Errors: reminders.undone,
 * no_recipient.
 */
export const sendReminder: Operation<SendReminder, ReminderView> = {
  name,
  access,
  writes: true,
  async call(platform, call, input) {
    const [clientAccountId] = decideAccess(access, call) as [number];
    const loaded = await load(platform, clientAccountId, input.id);
    const address = input.email ?? loaded.invoice.facts.buyer.email;
    if (input.channel === 'EMAIL' && !address) throw reminderErrors.no_recipient();
    const recipient = input.channel === 'PRINT' ? null : address;
    const mail = recipient ? await mailOf(loaded, recipient) : null;
    const send = writeOperation({
      name,
      access,
      async run({ tx, caller: _, now, audit }, { id }: SendReminder) {
        await lockBooks(tx, clientAccountId);
        const before = await findReminder(tx, clientAccountId, id);
        if (before.undone_at !== null) throw reminderErrors.undone({ number: before.number });
        if (before.delivery && before.delivery.status !== 'FAILED') {
          audit({ recordType: 'invoice_reminder', recordId: id, after: { asked_again: true } });
          return before;
        }
        const mailId = mail && (await queueMail(tx, mail));
        await tx.execute(sql`
          update invoice_reminders set channel = ${mail ? 'EMAIL' : 'PRINT'}, recipient = ${recipient}, mail_id = ${mailId},
            sent_at = ${mail ? null : now}
          where client_account_id = ${clientAccountId} and id = ${id}`);
        const after = await findReminder(tx, clientAccountId, id);
        audit({ recordType: 'invoice_reminder', recordId: id, before, after });
        return after;
      },
    });
    return send.call(platform, call, input);
  },
};

async function mailOf({ reminder, invoice, parts }: LoadedReminder, recipient: string): Promise<Mail> {
  const { seller, language } = invoice.facts;
  const { print } = parts;
  const amount = `NOK ${amountText(parseAmount(reminder.total_amount)!, language)}`;
  const due = dateText(reminder.due_date, language);
  const nb = ['Hei,', '', ...print.remarks, '', `Beløp: ${amount}`, `Frist: ${due}`, '', 'Med vennlig hilsen'];
  const en = ['Hello,', '', ...print.remarks, '', `Amount: ${amount}`, `Deadline: ${due}`, '', 'Kind regards'];
  return {
    recipient,
    subject: `${print.name} ${language === 'nb' ? 'fra' : 'from'} ${seller.name}`,
    text: [...(language === 'nb' ? nb : en), seller.name].join('\n'),
    replyTo: seller.email,
    attachments: [
      {
        fileName: safeFileName(`${print.name}.pdf`),
        contentType: 'application/pdf',
        content: await buffer(Readable.from(invoicePdf(parts))),
      },
    ],
  };
}
