import { childrenOf, elementAt, readXmlTree, textAt, type XmlElement } from '../../src/platform/xml/xml-tree.ts';
import { type AppInstance, ENVELOPE_TYPE } from './instances.ts';
import type { ReadReturn } from './return-check.ts';
import { ENVELOPE } from './schemas.ts';
import { vatTermOf } from './vat-term.ts';
import { schemaFaults } from './xml-schema.ts';

/** Why the app cannot complete the filling in, besides the validation of the return; null if it can. */
export function submissionFault(instance: AppInstance, read: ReadReturn | null): string | null {
  const names = instance.data.flatMap(({ filename }) => (filename === null ? [] : [filename]));
  if (new Set(names).size < names.length)
    return 'Valideringsfeil: filnavnene i innsendingen må være unike. Validation error: file names in the submission must be unique.';
  const xml = instance.data.find(({ dataType }) => dataType === ENVELOPE_TYPE)?.content ?? '';
  let envelope: XmlElement;
  try {
    envelope = readXmlTree(Buffer.from(xml));
  } catch {
    return 'Valideringsfeil: skattleggingsperiode er påkrevd i MvaMeldingInnsending. Validation error: skattleggingsperiode is required in MvaMeldingInnsending';
  }
  const [fault] = schemaFaults(envelope, ENVELOPE);
  if (fault) return `Valideringsfeil / Validation error:\nThe '${fault.path}' element is invalid - ${fault.text}`;
  if (textAt(envelope, 'instansstatus') === '')
    return 'Valideringsfeil: instansstatus er påkrevd i MvaMeldingInnsending. Validation error: instansstatus is required in MvaMeldingInnsending';
  const number = textAt(envelope, 'norskIdentifikator', 'organisasjonsnummer');
  if (number !== instance.organizationNumber)
    return 'Valideringsfeil: Organisasjonsnummeret i instansen er forskjellig fra organisasjonsnummeret i MvaMeldingInnsending ("konvolutt")';
  const listed = childrenOf(envelope, 'vedlegg').map(
    (one) => `${textAt(one, 'vedleggsfil', 'filnavn')}.${textAt(one, 'vedleggsfil', 'filekstensjon')}`,
  );
  if (listed.toSorted().join(' ') !== names.toSorted().join(' '))
    return `Valideringsfeil: Vedleggene i MvaMeldingInnsending ("konvolutt") (${listed.join(', ')}) er forskjellige fra filene i instansen (${names.join(', ')})`;
  const returns = instance.data.filter(({ dataType }) => dataType === 'mvamelding');
  if (returns.length !== 1) return `Valideringsfeil: innsendingen skal ha én mva-melding, og har ${returns.length}`;
  if (!read) return null;
  const name = returns[0]!.filename;
  if (read.organizationNumber !== number)
    return `Valideringsfeil: Organisasjonsnummeret i MvaMeldingInnsending ("konvolutt") er forskjellig fra organisasjonsnummeret i ${name}`;
  if (read.category !== textAt(envelope, 'meldingskategori'))
    return `Valideringsfeil: Meldingskategorien i MvaMeldingInnsending ("konvolutt") er forskjellig fra Meldingskategorien i ${name}`;
  const term = vatTermOf(elementAt(envelope, 'skattleggingsperiode')!);
  if (term.value !== read.term.value || term.year !== read.term.year)
    return `Valideringsfeil: Skattleggingsperioden i MvaMeldingInnsending ("konvolutt") er forskjellig fra den i ${name}`;
  return null;
}
