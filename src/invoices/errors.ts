import { catalogue } from '../platform/errors.ts';

export const invoiceErrors = catalogue('invoices', {
  no_settings: {
    status: 409,
    nb: 'Klientkontoen har ingen fakturainnstillinger; lagre dem først (PUT /invoice-settings)',
    en: 'The client account has no invoice settings; save them first (PUT /invoice-settings)',
  },
  not_an_invoice: {
    status: 400,
    nb: 'Dokument {document_id} ({document_type}) er ingen salgsfaktura med linjer',
    en: 'Document {document_id} ({document_type}) is no sales invoice with lines',
  },
  seller_incomplete: {
    status: 409,
    nb: 'Selgeren mangler {missing}; salgsdokumentet må vise det',
    en: 'The seller lacks {missing}; the sales document must show it',
    source: 'bokføringsforskriften § 5-1-1, § 5-1-2',
  },
  not_final: {
    status: 409,
    nb: 'Dokument {document_id} er ikke bokført; bare et endelig dokument kan sendes',
    en: 'Document {document_id} is not posted; only a final document can be sent',
  },
  breaks_rules: {
    status: 409,
    nb: 'Fakturaen kan ikke sendes som EHF: {rule}: {reason_nb} ({path})',
    en: 'The invoice cannot be sent as EHF: {rule}: {reason_en} ({path})',
  },
  no_recipient: {
    status: 409,
    nb: 'Kunden har ingen e-postadresse; oppgi email, eller send som PRINT',
    en: 'The customer has no e-mail address; give email, or send as PRINT',
  },
  no_consumer_way: {
    status: 409,
    nb: 'Dokumentet kan ikke gå den veien: {reason_nb}',
    en: 'The document cannot go that way: {reason_en}',
  },
  no_carrier: {
    status: 409,
    nb: 'Klientkontoen kan ikke sende på Peppol-nettverket: {reason_nb}',
    en: 'The client account cannot send on the Peppol network: {reason_en}',
  },
  figures_differ: {
    status: 409,
    nb: 'Dokument {document_id} er på {gross_amount}, men linjene gir {computed} som salg; er mva-kodene salgskoder?',
    en: 'Document {document_id} is of {gross_amount}, but its lines come to {computed} as a sale; are its VAT codes those of sales?',
  },
  attachments_too_large: {
    status: 413,
    nb: 'Vedleggene til dokument {document_id} er til sammen større enn {limit} byte',
    en: 'The attachments of document {document_id} are together larger than {limit} bytes',
  },
  series_in_use: {
    status: 409,
    nb: 'Serien for {document_type} er tatt i bruk; neste nummer er {next_number} og kan ikke endres',
    en: 'The series of {document_type} is in use; its next number is {next_number} and cannot be changed',
    source: 'bokføringsloven § 7, bokføringsforskriften § 5-1-1',
  },
});
