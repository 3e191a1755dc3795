import { catalogue } from '../../platform/errors.ts';

const source = 'Peppol BIS Invoice Response 3';

export const responseErrors = catalogue('invoice_responses', {
  not_by_peppol: {
    status: 409,
    nb: 'Fakturaen kom ikke på Peppol-nettverket ({channel}); svar leverandøren på annen måte',
    en: 'The invoice did not come over the Peppol network ({channel}); answer the supplier otherwise',
  },
  supplier_unknown: {
    status: 409,
    nb: 'Det som kom, sier ikke hvilken faktura det er eller hvem den er fra ({missing}); det kan ikke besvares',
    en: 'What came does not tell which invoice it is or whom it is from ({missing}); it cannot be answered',
  },
  sender_inactive: {
    status: 409,
    nb: 'Klientkontoen bruker ikke Peppol; slå det på først (PATCH /integrations/peppol/status)',
    en: 'The client account does not use Peppol; switch it on first (PATCH /integrations/peppol/status)',
  },
  not_registered: {
    status: 409,
    nb: 'Leverandøren {participant} er ikke registrert i Peppol-nettverket',
    en: 'The supplier {participant} is not registered in the Peppol network',
  },
  cannot_take: {
    status: 409,
    nb: 'Leverandøren {participant} tar ikke imot fakturasvar',
    en: 'The supplier {participant} cannot take invoice responses',
  },
  cannot_tell: {
    status: 503,
    nb: 'Peppol-nettverket sier ikke nå om leverandøren {participant} tar imot fakturasvar; prøv igjen senere',
    en: 'The Peppol network does not tell now whether the supplier {participant} takes invoice responses; try again later',
  },
  out_of_order: {
    status: 409,
    nb: 'Fakturaen er besvart med {standing} ({standing_nb}); {status_code} kan ikke følge etter',
    en: 'The invoice has been answered with {standing} ({standing_en}); {status_code} cannot follow',
    source,
  },
  too_many: {
    status: 409,
    nb: 'Fakturaen er besvart {limit} ganger; svar leverandøren på annen måte',
    en: 'The invoice has been answered {limit} times; answer the supplier otherwise',
  },
  instance_differs: {
    status: 409,
    nb: 'Forsendelsen {instance_id} er mottatt før, med et annet innhold (svar {document_response_id})',
    en: 'The delivery {instance_id} was received before, with other content (response {document_response_id})',
  },
});
