import { childrenOf, elementAt, textAt, type XmlElement } from '../../src/platform/xml/xml-tree.ts';
import type { Finding, Severity } from './finding.ts';

const OUTPUT: Readonly<Record<string, string>> = {
  '3': '25',
  '31': '15',
  '32': '11,11',
  '33': '12',
  '5': '0',
  '51': '0',
  '52': '0',
  '6': '0',
  '82': '25',
  '84': '15',
  '85': '0',
  '87': '25',
  '89': '12',
  '92': '25',
};
const BOTH: Readonly<Record<string, string>> = { '81': '25', '83': '15', '86': '25', '88': '12', '91': '25' };
const INPUT = new Set(['1', '11', '12', '13', '14', '15']);
const PAIRED = Object.keys(BOTH);
const LARGEST_BASE = 1_000_000_000_000n;

/** Specification, rule, identifier, and the codes it is allowed on. */
const SPECIFICATIONS: readonly (readonly [name: string, rule: string, code: string, codes: readonly string[]])[] = [
  ['tapPåKrav', 'R038', 'SPESIFIKASJONSLINJE_TAP_PÅ_KRAV_FØRT_PÅ_FEIL_MVA_KODE', ['1', '11', '12', '13']],
  ['uttak', 'R039', 'SPESIFIKASJONSLINJE_UTTAK_FØRT_PÅ_FEIL_MVA_KODE', ['3', '5', '31', '33']],
  ['justering', 'R040', 'SPESIFIKASJONSLINJE_JUSTERING_FØRT_PÅ_FEIL_MVA_KODE', ['1', '81']],
  [
    'tilbakeføringAvInngåendeMerverdiavgift',
    'R041',
    'SPESIFIKASJONSLINJE_TILBAKEFØRING_INNGÅENDE_AVGIFT_9_6_OG_9_7_FØRT_PÅ_FEIL_MVA_KODE',
    ['1', '81'],
  ],
  ['kompensasjonsrett', 'R114', 'SPESIFIKASJONSLINJE_KJØP_MED_KOMPENSASJONSRETT_FØRT_PÅ_FEIL_MVA_KODE', PAIRED],
  ['justeringMerverdiavgiftskompensasjonFastEiendom', 'R114', 'SPESIFIKASJONSLINJE_JUSTERING', []],
];
const EXPLAINED: Readonly<Record<string, readonly string[]>> = {
  tapPåKrav: ['1', '11', '12', '13'],
  justering: ['1', '81'],
};

export interface ReturnLine {
  element: XmlElement;
  code: string;
  specification: string;
  /** Whole kroner; null where the line has none. */
  base: bigint | null;
  rate: string | null;
  vat: bigint;
  hasRemark: boolean;
}

/** The lines of a return that conforms to the schema, øre truncated. */
export function linesOf(calculated: XmlElement): ReturnLine[] {
  return childrenOf(calculated, 'mvaSpesifikasjonslinje').map((element) => ({
    element,
    code: textAt(element, 'mvaKode'),
    specification: textAt(element, 'spesifikasjon'),
    base: elementAt(element, 'grunnlag') ? kroner(textAt(element, 'grunnlag')) : null,
    rate: elementAt(element, 'sats') ? textAt(element, 'sats') : null,
    vat: kroner(textAt(element, 'merverdiavgift')),
    hasRemark: (elementAt(element, 'merknad')?.children[0]?.text ?? '') !== '',
  }));
}

export function kroner(text: string): bigint {
  const [whole] = text.replace(/^\+/, '').split('.');
  return BigInt(whole === '' || whole === '-' ? 0 : whole!);
}

/** The rules about one line and about the lines of one code. */
export function lineFindings(lines: readonly ReturnLine[]): Finding[] {
  const findings: Finding[] = [];
  for (const line of lines) {
    const say = (rule: string, code: string, reason: string, severity: Severity = 'ugyldig skattemelding') =>
      findings.push({
        rule,
        code,
        severity,
        reason,
        vatCode: line.code,
        path: '/mvaMeldingDto/skattegrunnlagOgBeregnetSkatt/mvaSpesifikasjonslinje',
        line: line.element.line,
      });
    checkLine(line, say);
  }
  return [...findings, ...pairFindings(lines)];
}

type Say = (rule: string, code: string, reason: string, severity?: Severity) => void;

function checkLine(line: ReturnLine, say: Say): void {
  const { code, specification, base, rate, vat, hasRemark } = line;
  const expected = OUTPUT[code] ?? BOTH[code];
  if (expected === undefined && !INPUT.has(code)) return say('R002', 'MVA_KODE_UGYLDIG', `Ukjent mva-kode ${code}.`);
  const isOutput = base !== null || rate !== null || OUTPUT[code] !== undefined;
  checkForm(line, say);
  if (rate !== null && expected !== undefined && Number(rate.replace(',', '.')) !== Number(expected.replace(',', '.')))
    say('R003', 'SATS_UGYLDIG', `Satsen ${rate} er ikke gyldig for kode ${code}.`);
  if (specification !== '') {
    const known = SPECIFICATIONS.find(([name]) => name === specification);
    if (!known) say('R069', 'SPESIFIKASJON_UGYLDIG', `Ukjent spesifikasjon ${specification}.`);
    else if (!known[3].includes(code))
      say(known[1], `MVA_MELDINGSINNHOLD_${known[2]}`, `Spesifikasjonen ${specification} passer ikke kode ${code}.`);
  }
  if (isOutput && code !== '5' && (base ?? 0n) < 0n && !hasRemark)
    say(
      'R020',
      'MVA_MELDINGSINNHOLD_UTGÅENDE_MOTSATT_FORTEGN_MERKNAD_TIL_MVA_KODEN_MANGLER',
      'Det må fylles ut merknad som forklarer hvorfor det er benyttet motsatt fortegn for grunnlag og utgående merverdiavgift.',
    );
  if (specification === 'tilbakeføringAvInngåendeMerverdiavgift') {
    if (!hasRemark)
      say(
        'R078',
        'MVA_MELDINGSINNHOLD_MERKNAD_MANGLER',
        'Det må fylles ut gyldig merknad for denne spesifikasjonslinjen.',
      );
  } else if (!isOutput && vat > 0n && !hasRemark && !EXPLAINED[specification]?.includes(code))
    say(
      'R021',
      'MVA_MELDINGSINNHOLD_INNGÅENDE_MOTSATT_FORTEGN_MERKNAD_TIL_MVA_KODEN_MANGLER',
      'Det må fylles ut merknad som forklarer hvorfor det er benyttet motsatt fortegn for fradragsført merverdiavgift.',
    );
  if (base === null || rate === null) return;
  if (absolute(base) >= LARGEST_BASE)
    say('R085', 'MVA_MELDINGSINNHOLD_GRUNNLAG_OVERSTIGER_MAKS_VERDI', 'Beløpet på grunnlaget overstiger maks verdi.');
  if (base > 0n && vat >= base)
    say(
      'R122',
      'MVA_MELDINGSINNHOLD_GRUNNLAG_ER_LAVERE_ENN_BEREGNET_AVGIFT',
      'Beregnet merverdiavgift i kodelinjen har høyere beløp enn oppgitt grunnlag.',
    );
  const hundredths = BigInt(Math.round(Number(rate.replace(',', '.')) * 100));
  if (vat === 0n && absolute(base) * hundredths >= 10_000n)
    say(
      'R127',
      'MVA_MELDINGSINNHOLD_AVGIFT_BEREGNET_TIL_0_VED_OPPGITT_GRUNNLAG_MED_BELØP',
      'Merverdiavgiften kan ikke være beregnet til 0 når det er oppgitt grunnlag for avgift.',
    );
  if (absolute((base * hundredths) / 10_000n - vat) > 10n)
    say(
      'R019',
      'MVA_MELDINGSINNHOLD_GRUNNLAG_GANGER_GJELDENDE_SATS_FEIL_BEREGNET_MERVERDIAVGIFT_FOR_AVGIFTSLINJE',
      'Beregnet merverdiavgift i kodelinjen er ikke lik produktet av grunnlag og sats.',
      'avvikende skattemelding',
    );
}

/** Base and rate where they belong; no øre. */
function checkForm({ element, code, base, rate }: ReturnLine, say: Say): void {
  if (INPUT.has(code) && (base !== null || rate !== null))
    say(
      'R065',
      'MVA_KODE_FOR_INNGÅENDE_AVGIFT_HAR_FEILAKTIG_GRUNNLAG_OG_SATS',
      'Beløp som gjelder inngående avgift skal ikke ha med grunnlag og sats.',
    );
  if (OUTPUT[code] !== undefined && (base === null || rate === null))
    say(
      'R066',
      'MVA_KODE_FOR_UTGÅENDE_AVGIFT_MANGLER_GRUNNLAG_OG_SATS',
      'Beløp som gjelder utgående avgift skal ha med grunnlag og sats.',
    );
  if (BOTH[code] !== undefined && (base === null) !== (rate === null))
    say(
      'R081',
      'MVA_KODE_FOR_INNGÅENDE_ELLER_UTGÅENDE_FEIL_GRUNNLAG_ELLER_SATS',
      'Inngående spesifikasjonslinjer skal være uten grunnlag og sats, mens utgående spesifikasjonslinjer skal være med grunnlag og sats.',
    );
  if (['grunnlag', 'merverdiavgift'].some((name) => /\.\d*[1-9]/.test(textAt(element, name))))
    say('R082', 'MVA_MELDINGSINNHOLD_BELØP_INNEHOLDER_DESIMALER', 'Innsendte beløp skal ikke inneholde desimaler.');
}

/** R023–R037: calculated VAT and deduction of 81, 83, 86, 88 and 91. */
function pairFindings(lines: readonly ReturnLine[]): Finding[] {
  return PAIRED.flatMap((code, i) => {
    const own = lines.filter((line) => line.code === code);
    const outputs = own.filter(({ base }) => base !== null);
    const inputs = own.filter(
      ({ base, specification }) => base === null && ['', 'kompensasjonsrett'].includes(specification),
    );
    const sum = (of: readonly ReturnLine[]) => of.reduce((total, { vat }) => total + vat, 0n);
    const say = (first: number, identifier: string, reason: string, severity: Severity): Finding[] => [
      {
        rule: `R0${first + i}`,
        code: `MVA_MELDINGSINNHOLD_${identifier}_MVA_KODE_${code}`,
        severity,
        reason,
        vatCode: code,
        path: '/mvaMeldingDto/skattegrunnlagOgBeregnetSkatt/mvaSpesifikasjonslinje',
        line: own[0]!.element.line,
      },
    ];
    if (inputs.length > 0 && outputs.length === 0)
      return say(
        28,
        'AVVIK_UTGÅENDE_AVGIFT_MANGLER',
        'Det skal beregnes utgående merverdiavgift i samme termin som fradraget gjøres.',
        'ugyldig skattemelding',
      );
    if (outputs.length > 0 && inputs.length === 0 && sum(outputs) !== 0n)
      return say(
        33,
        'AVVIK_INNGÅENDE_AVGIFT_MANGLER',
        'Det skal i samme termin fylles ut fradrag for inngående merverdiavgift.',
        'avvikende skattemelding',
      );
    if (outputs.length > 0 && -sum(inputs) > absolute(sum(outputs)))
      return say(
        23,
        'AVVIK_MELLOM_BEREGNET_OG_INNGÅENDE_AVGIFT',
        'Fradraget skal normalt ikke overstige utgående merverdiavgift.',
        'avvikende skattemelding',
      );
    return [];
  });
}

function absolute(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}
