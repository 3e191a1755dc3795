import { catalogue } from '../../platform/errors.ts';

export const receivedInvoiceErrors = catalogue('received_invoices', {
  instance_differs: {
    status: 409,
    nb: 'Forsendelsen {instance_id} er mottatt før, med et annet innhold (mottatt faktura {received_invoice_id})',
    en: 'The delivery {instance_id} was received before, with other content (received invoice {received_invoice_id})',
  },
  wrong_status: {
    status: 409,
    nb: 'Den mottatte fakturaen har status {status}; det må være {expected}',
    en: 'The received invoice has status {status}; it must be {expected}',
  },
  four_eyes: {
    status: 403,
    nb: 'Den som har klargjort fakturaen, kan ikke godkjenne den; klientkontoen krever to personer',
    en: 'Who prepared the invoice cannot approve it; the client account asks for two persons',
  },
  supplier_missing: {
    status: 400,
    nb: 'Leverandøren «{name}» er ikke registrert; registrer den og oppgi business_partner_id',
    en: 'The supplier “{name}” is not registered; register it and give business_partner_id',
  },
});
