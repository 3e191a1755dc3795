/** The contents of the envelope (`mvaMeldingInnsending` v1.0) of a return. */
export interface Envelope {
  organizationNumber: string;
  /** Element and value of the term, as in the return: `skattleggingsperiodeToMaaneder`, `januar-februar`. */
  period: { element: string; value: string; year: number };
  category: string;
  /** Name of the sender; shown in Altinn. */
  createdBy: string;
  createdAt: Date;
  /** Name of the uploaded return, without the extension `.xml`. */
  fileName: string;
}

const NAMESPACE = 'no:skatteetaten:fastsetting:avgift:mva:mvameldinginnsending:v1.0';

/** The envelope as XML, elements in the order of the schema; the published example has no namespace, the schema does. */
export function envelopeXml(envelope: Envelope): string {
  const { period, createdBy } = envelope;
  const createdAt = envelope.createdAt.toISOString();
  return `<?xml version="1.0" encoding="UTF-8"?>
<mvaMeldingInnsending xmlns="${NAMESPACE}">
  <norskIdentifikator>
    <organisasjonsnummer>${escaped(envelope.organizationNumber)}</organisasjonsnummer>
  </norskIdentifikator>
  <skattleggingsperiode>
    <periode>
      <${period.element}>${escaped(period.value)}</${period.element}>
    </periode>
    <aar>${period.year}</aar>
  </skattleggingsperiode>
  <meldingskategori>${escaped(envelope.category)}</meldingskategori>
  <innsendingstype>komplett</innsendingstype>
  <instansstatus>default</instansstatus>
  <opprettetAv>${escaped(createdBy)}</opprettetAv>
  <opprettingstidspunkt>${createdAt}</opprettingstidspunkt>
  <vedlegg>
    <vedleggstype>mva-melding</vedleggstype>
    <kildegruppe>sluttbrukersystem</kildegruppe>
    <opprettetAv>${escaped(createdBy)}</opprettetAv>
    <opprettingstidspunkt>${createdAt}</opprettingstidspunkt>
    <vedleggsfil>
      <filnavn>${escaped(envelope.fileName)}</filnavn>
      <filekstensjon>xml</filekstensjon>
      <filinnhold>mva-melding</filinnhold>
    </vedleggsfil>
  </vedlegg>
</mvaMeldingInnsending>
`;
}

/** Removes characters that XML 1.0 forbids. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]!);
}
