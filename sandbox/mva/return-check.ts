import { elementAt, readXmlTree, textAt, type XmlElement } from '../../src/platform/xml/xml-tree.ts';
import { isSynthetic } from '../organizations.ts';
import type { Finding, Severity } from './finding.ts';
import { kroner, lineFindings, linesOf } from './line-rules.ts';
import { isKid } from '../../src/kernel/kid.ts';
import type { VatRegister } from './register.ts';
import { RETURN } from './schemas.ts';
import { type VatTerm, vatTermOf } from './vat-term.ts';
import { schemaFaults } from './xml-schema.ts';

/** A return that conforms to the schema. */
export interface ReadReturn {
  organizationNumber: string;
  category: string;
  term: VatTerm;
  total: bigint;
}

const FIRST_YEAR = 2022;
const CATEGORIES = ['alminnelig', 'primaernaering', 'kompensasjon', 'omvendtAvgiftsplikt'];

/** The validation service's rules, as far as they depend on the return, the register and the day. */
export function checkReturn(
  xml: string,
  register: VatRegister,
  today: string,
): { read: ReadReturn | null; findings: Finding[] } {
  let root: XmlElement;
  try {
    root = readXmlTree(Buffer.from(xml));
  } catch (error) {
    return { read: null, findings: [schemaFinding('/', null, error instanceof Error ? error.message : String(error))] };
  }
  const faults = schemaFaults(root, RETURN);
  if (faults.length > 0)
    return { read: null, findings: faults.map(({ path, line, text }) => schemaFinding(`/${path}`, line, text)) };
  const calculated = elementAt(root, 'skattegrunnlagOgBeregnetSkatt')!;
  const lines = linesOf(calculated);
  const read: ReadReturn = {
    organizationNumber: textAt(root, 'skattepliktig', 'organisasjonsnummer'),
    category: textAt(root, 'meldingskategori'),
    term: vatTermOf(elementAt(calculated, 'skattleggingsperiode')!),
    total: kroner(textAt(calculated, 'fastsattMerverdiavgift')),
  };
  const findings: Finding[] = [];
  const say = (rule: string, code: string, reason: string, severity: Severity = 'ugyldig skattemelding') =>
    findings.push({ rule, code, reason, severity, vatCode: null, path: '/mvaMeldingDto', line: null });
  checkTime(read, today, say);
  checkRegistration(read, register, say);
  const kid = textAt(root, 'betalingsinformasjon', 'kundeIdentifikasjonsnummer');
  if (kid !== '' && !isKid(kid)) say('R079', 'MVA_MELDINGSINNHOLD_KID_NUMMER_GYLDIG', 'KID-nummeret må være gyldig.');
  if (lines.length === 0 && read.total !== 0n)
    say(
      'R084',
      'MVA_MELDINGSINNHOLD_BELØP_I_FASTSATT_MERVERDIAVGIFT_MANGLER_MVA_KODER',
      "Det må sendes inn mva-koder når det er oppgitt beløp i 'fastsatt merverdiavgift'.",
    );
  if (lines.reduce((sum, { vat }) => sum + vat, 0n) !== read.total)
    say(
      'R018',
      'MVA_MELDINGSINNHOLD_SUM_MVA_FEIL_SUMMERING_AV_AVGIFTLINJER',
      'Summen av merverdiavgift for alle kodelinjene er ikke lik beløpet som er oppgitt som fastsatt merverdiavgift.',
      'avvikende skattemelding',
    );
  findings.push(...lineFindings(lines));
  return { read, findings };
}

type Say = (rule: string, code: string, reason: string, severity?: Severity) => void;

function checkTime({ category, term }: ReadReturn, today: string, say: Say): void {
  const primary = category === 'primaernaering';
  if (!CATEGORIES.includes(category))
    say(
      'R104',
      'MVA_MELDINGSKATEGORI_UGYLDIG',
      'Innsending av melding for oppgitt meldingskategori er ikke tilgjengelig enda.',
    );
  if (term.year < FIRST_YEAR)
    say('R077', 'INNLEVERING_MELDING_FRA_FØR_2022', 'Det kan ikke sendes inn mva-melding for perioder før 01.01.2022.');
  if (today <= term.lastDay)
    say(
      primary ? 'R060' : 'R059',
      `MVA_PLIKT_SKATTLEGGINGSPERIODEN_FOR__MELDINGSKATEGORI_${primary ? 'PRIMÆRNÆRING' : 'ALMINNELIG_NÆRING'}_MÅ_VÆRE_FERDIG`,
      'Det kan ikke sendes inn mva-melding før terminen har utløpt.',
    );
  const late = (years: number) => `${term.year + years}${term.dueDay.slice(4)}` < today;
  if (late(5))
    say(
      'R133',
      'MVA_MELDING_UTLØPSDATO_TERMIN_MER_ENN_FEM_ÅR_TILBAKE',
      'Utløpsdatoen for terminen er mer enn fem år tilbake.',
      'avvikende skattemelding',
    );
  else if (late(3))
    say(
      'R132',
      'MVA_MELDING_LEVERINGSFRIST_TERMIN_MER_ENN_TRE_ÅR_TILBAKE',
      'Leveringsfristen for denne terminen utløp for mer enn tre år siden.',
      'avvikende skattemelding',
    );
}

function checkRegistration({ organizationNumber, category, term, total }: ReadReturn, register: VatRegister, say: Say) {
  const primary = category === 'primaernaering';
  if (!isSynthetic(organizationNumber))
    return say(
      'R131',
      'MVA_MANGLENDE_REGISTRERING_I_ENHETSREGISTERET',
      'Virksomheten er ikke registrert i Enhetsregisteret og kan ikke sende inn mva-melding.',
    );
  const registration = register.of(organizationNumber);
  if (!registration || registration.category !== category)
    return say(
      primary ? 'R048' : 'R047',
      `MVA_PLIKT_OPPGITT_MELDINGSKATEGORI_${primary ? 'PRIMÆRNÆRING' : 'ALMINNELIG_NÆRING'}_FINNES_IKKE`,
      'Virksomheten er ikke registrert i Merverdiavgiftsregisteret for denne meldingskategorien.',
    );
  if (registration.months !== null && registration.months !== term.months)
    say(
      primary ? 'R050' : 'R049',
      `MVA_PLIKT_OPPGITT_SKATTLEGGINGSPERIODE_FOR__MELDINGSKATEGORI_${primary ? '_PRIMÆRNÆRING' : 'ALMINNELIG_NÆRING'}_FINNES_IKKE`,
      'Virksomheten er ikke registrert i Merverdiavgiftsregisteret for terminlengden som er oppgitt.',
    );
  if (registration.isBehind)
    say(
      total < 0n ? 'R062' : 'R061',
      `MVA_MELDINGSINNHOLD_AVGIFT_${total < 0n ? 'TIL_GODE' : 'Å_BETALE'}_TIDLIGERE_TERMINER_MANGLER_MVA_MELDING`,
      'Det mangler mva-melding for tidligere terminer.',
      'avvikende skattemelding',
    );
  if (total < 0n && registration.accountNumber === null)
    say(
      'R080',
      'MVA_MELDINGSINNHOLD_KONTONUMMER_FINNES_IKKE',
      'Kontonummer mangler for utbetaling av merverdiavgift.',
      'avvikende skattemelding',
    );
}

function schemaFinding(path: string, line: number | null, details: string): Finding {
  return {
    rule: 'R001',
    code: 'MvaMeldingsinnhold_Xml_SkjemaValideringsfeil',
    severity: 'ugyldig skattemelding',
    reason: 'Mva meldingen må være på gyldig format og passere XML skjema valideringen',
    vatCode: null,
    path,
    line,
    details,
  };
}
