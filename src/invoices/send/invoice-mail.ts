import { parseAmount } from '../../kernel/money.ts';
import { safeFileName } from '../../platform/http/content-disposition.ts';
import type { Mail } from '../../platform/mail.ts';
import { amountText, dateText } from '../../reports/index.ts';
import type { InvoiceFacts } from '../document-invoice.ts';
import { type InvoiceText, say } from '../pdf/invoice-texts.ts';

/** The text of the mail with an invoice, in the document’s language. */
export function invoiceMail({ document, seller, language }: InvoiceFacts, recipient: string, pdf: Buffer): Mail {
  const title = say(document.document_type as InvoiceText, language);
  const name = `${title} ${document.document_number ?? ''}`.trim();
  const amount = `${document.currency_code} ${amountText(parseAmount(document.gross_amount)!, language)}`;
  const due = document.due_date && document.document_type !== 'ARCRN' ? dateText(document.due_date, language) : null;
  const lines =
    language === 'nb'
      ? [
          'Hei,',
          '',
          `Vedlagt er ${name.toLowerCase()} fra ${seller.name}.`,
          '',
          `Beløp: ${amount}`,
          ...(due ? [`Forfall: ${due}`] : []),
          ...(document.payment_reference ? [`KID eller melding: ${document.payment_reference}`] : []),
          '',
          'Med vennlig hilsen',
          seller.name,
        ]
      : [
          'Hello,',
          '',
          `Please find enclosed ${name.toLowerCase()} from ${seller.name}.`,
          '',
          `Amount: ${amount}`,
          ...(due ? [`Due: ${due}`] : []),
          ...(document.payment_reference ? [`Payment reference: ${document.payment_reference}`] : []),
          '',
          'Kind regards',
          seller.name,
        ];
  return {
    recipient,
    subject: language === 'nb' ? `${name} fra ${seller.name}` : `${name} from ${seller.name}`,
    text: lines.join('\n'),
    replyTo: seller.email,
    attachments: [{ fileName: safeFileName(`${name}.pdf`), contentType: 'application/pdf', content: pdf }],
  };
}
