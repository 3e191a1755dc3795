import { makeKid } from '../../src/kernel/kid.ts';
import { escaped, type Finding, refuses, resultXml } from './finding.ts';
import type { AppInstance, Instances } from './instances.ts';
import { receiptPdf } from './receipt-pdf.ts';

/** Skatteetaten's own number: it signs the files it adds to an instance. */
const TAX_ADMINISTRATION = '974761076';
const ACCOUNT = '12345678903';
const NAMESPACE = 'no:skatteetaten:fastsetting:avgift:mva:skattemeldingformerverdiavgift:betalingsinformasjon:v1.0';

/** The payment information is in the instance as soon as it is completed. */
export function addPaymentInformation(instances: Instances, instance: AppInstance): void {
  const { organizationNumber, total, term } = instance.read!;
  const kid = makeKid(
    `${organizationNumber}${term.year}${String(term.months).padStart(2, '0')}${term.lastDay.slice(5, 7)}`,
    'MOD10',
  );
  instances.add(instance, {
    dataType: 'betalingsinformasjon',
    filename: 'betalingsinformasjon.xml',
    contentType: 'text/xml',
    createdBy: TAX_ADMINISTRATION,
    content: `<?xml version='1.0' encoding='UTF-8'?>
<betalingsinformasjon xmlns="${NAMESPACE}">
  <innsendingsreferanse>${instance.partyId}/${instance.guid}</innsendingsreferanse>
  <skattepliktig>
    <organisasjonsnummer>${organizationNumber}</organisasjonsnummer>
  </skattepliktig>
  <skattleggingsperiode>
    <periode>
      <${term.element}>${escaped(term.value)}</${term.element}>
    </periode>
    <aar>${term.year}</aar>
  </skattleggingsperiode>
  <kundeidentifikasjonsnummer>${kid}</kundeidentifikasjonsnummer>
  <beloep>${total}</beloep>
  <betaleTil>Skatteetaten</betaleTil>
  <betalingsfrist>${term.dueDay}</betalingsfrist>
  <betalesTilKonto>
    <norskKontonummer>${ACCOUNT}</norskKontonummer>
  </betalesTilKonto>
</betalingsinformasjon>
`,
  });
}

/** The tax administration's response: result, receipt and the end of the process. */
export function giveFeedback(
  instances: Instances,
  instance: AppInstance,
  findings: readonly Finding[],
  now: Date,
): void {
  const rejected = refuses(findings);
  const file = (dataType: string, filename: string, contentType: string, content: string) =>
    instances.add(instance, { dataType, filename, contentType, content, createdBy: TAX_ADMINISTRATION });
  file('valideringsresultat', 'valideringsresultat.xml', 'text/xml', resultXml(findings));
  const { organizationNumber, total, term } = instance.read!;
  if (!rejected)
    file(
      'kvittering',
      'kvittering.pdf',
      'application/pdf',
      receiptPdf([
        'Kvittering for mva-melding (etterligning)',
        `Organisasjonsnummer: ${organizationNumber}`,
        `Skattleggingsperiode: ${term.value} ${term.year}`,
        `Fastsatt merverdiavgift: ${total} kr`,
        `Mottatt: ${now.toISOString()}`,
        `Referanse: ${instance.partyId}/${instance.guid}`,
      ]),
    );
  instance.substatus = rejected
    ? { label: 'Avvist', description: 'Mva-meldingen er ikke godkjent og regnes ikke som levert.' }
    : { label: 'Mottatt', description: 'Mva-meldingen er levert og mottatt av Skatteetaten.' };
  instance.task = null;
  instance.endedAt = now;
}
