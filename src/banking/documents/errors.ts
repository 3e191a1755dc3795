import { catalogue } from '../../platform/errors.ts';

export const commercialDocumentErrors = catalogue('commercial_documents', {
  cannot_post: {
    status: 400,
    nb: 'Dokumenttypen {document_type} kan ikke bokføres',
    en: 'Documents of the type {document_type} are not posted',
  },
  wrong_line: {
    status: 400,
    nb: 'Linje {line_number} i bilag {journal_entry_id} kan ikke være dokumentets krav: {reason_nb}',
    en: 'Line {line_number} of entry {journal_entry_id} cannot be the document’s claim: {reason_en}',
  },
  gross_differs: {
    status: 400,
    nb: 'gross_amount er {gross_amount}, linjene gir {computed}',
    en: 'gross_amount is {gross_amount}, the lines give {computed}',
  },
  wrong_credit: {
    status: 400,
    nb: 'Kreditnotaen kan ikke gjelde dokument {document_id}: {reason_nb}',
    en: 'The credit note cannot be of document {document_id}: {reason_en}',
    source: 'bokføringsforskriften § 5-2-7',
  },
  credit_exceeds: {
    status: 400,
    nb: 'Kreditnotaen er på {gross_amount}; av dokument {document_id} kan {left} krediteres',
    en: 'The credit note is of {gross_amount}; {left} of document {document_id} can be credited',
  },
  is_credited: {
    status: 409,
    nb: 'Dokumentet er kreditert av dokument {document_id}; kanseller det først',
    en: 'The document is credited by document {document_id}; cancel that first',
  },
  posted_is_final: {
    status: 409,
    nb: 'Dokumentet er bokført eller kansellert; {fields} kan ikke endres. Kanseller det, eller lag en kreditnota',
    en: 'The document is posted or cancelled; {fields} cannot be changed. Cancel it, or make a credit note',
    source: 'bokføringsloven § 9, § 13',
  },
  already_posted: {
    status: 409,
    nb: 'Dokumentet er allerede bokført som bilag {journal_entry_id}',
    en: 'The document is already posted, as entry {journal_entry_id}',
  },
  already_cancelled: {
    status: 409,
    nb: 'Dokumentet er allerede kansellert',
    en: 'The document is already cancelled',
  },
  is_settled: {
    status: 409,
    nb: 'Dokumentet er helt eller delvis betalt; opphev utligningen først',
    en: 'The document is paid in whole or in part; undo the settlement first',
  },
  in_payment: {
    status: 409,
    nb: 'Dokumentet ligger i betalingsordre {payment_order_id}; kanseller den først, eller vent til banken har betalt',
    en: 'The document is in payment order {payment_order_id}; cancel that first, or wait until the bank has paid',
  },
  number_taken: {
    status: 409,
    nb: 'Dokumentnummeret {document_number} er i bruk for samme type og forretningspartner (dokument {document_id})',
    en: 'The document number {document_number} is in use for the same type and business partner (document {document_id})',
  },
  number_is_given: {
    status: 400,
    nb: 'Nummeret på {document_type} gis av systemet når dokumentet blir endelig; utelat document_number',
    en: 'The number of {document_type} is given by the system when the document becomes final; leave document_number out',
    source: 'bokføringsforskriften § 5-1-1',
  },
  kid_too_short: {
    status: 409,
    nb: 'KID-regelen har ikke plass til kunde {customer} og faktura {number}; gjør den lengre',
    en: 'The KID rule has no room for customer {customer} and invoice {number}; make it longer',
  },
});
