import { ownValue } from '../../kernel/own-value.ts';
import { isKid } from '../../kernel/kid.ts';
import { addMonths, dateInNorway, type LocalDate } from '../../kernel/local-date.ts';
import { absolute, parsePercent } from '../../kernel/money.ts';
import { STANDARD_TAX_CODES } from '../../ledger/index.ts';
import type { Text } from '../../platform/errors.ts';
import { FITTING, FREE_TEXT, LINE_REMARKS, RETURN_REMARKS } from './remark-codes.ts';
import { DEDUCTED_ACQUISITIONS, type Remark, type ReturnLine, satsText, totalOf } from './return-lines.ts';
import type { ReturnMessage } from './return-message.ts';
import { dueDate } from '../terms/term.ts';

/** `refuses`: the tax administration does not accept such a return. `deviates`: it accepts it and may ask questions. */
export type Severity = 'refuses' | 'deviates';

/** A rule of the validation service (mva-meldingen, R001 …) that the return breaks. */
export interface Breach {
  rule: string;
  severity: Severity;
  /** Position of the line in the return, from 1; null: the return as a whole. */
  line: number | null;
  text: Text;
}

type Say = (rule: string, severity: Severity, nb: string, en: string) => void;

const OUTPUT_CODES = new Set([
  '3',
  '31',
  '32',
  '33',
  '5',
  '51',
  '52',
  '6',
  '81',
  '82',
  '83',
  '84',
  '85',
  '86',
  '87',
  '88',
  '89',
  '91',
  '92',
]);
const INPUT_CODES = new Set(['1', '11', '12', '13', '14', '15', ...DEDUCTED_ACQUISITIONS]);

/** The specifications of a general return, and the codes each is allowed on. */
const SPECIFICATIONS: Record<string, readonly string[]> = {
  uttak: ['3', '31', '33', '5'],
  tapPåKrav: ['1', '11', '12', '13'],
  justering: ['1', '81'],
  tilbakeføringAvInngåendeMerverdiavgift: ['1', '81'],
  kompensasjonsrett: ['81', '83', '86', '88', '91'],
};
const SPECIFICATION_RULES: Record<string, string> = { tapPåKrav: 'R038', uttak: 'R039', justering: 'R040' };

/** Largest plausible base: the schema has no limit. */
const LARGEST_BASE = 10n ** 12n;
const LARGEST_YEARLY_TURNOVER = 1_100_000n;

/** Checks every rule of the validation service that depends only on the return itself and the calendar. */
export function checkMessage(message: ReturnMessage, now: Date): Breach[] {
  const breaches: Breach[] = [];
  const sayOf =
    (line: number | null): Say =>
    (rule, severity, nb, en) =>
      breaches.push({ rule, severity, line, text: { nb, en } });
  message.lines.forEach((line, i) => {
    const say = sayOf(i + 1);
    checkForm(line, message, say);
    checkSigns(line, say);
    checkRemark(line, say);
  });
  checkPairs(message.lines, sayOf);
  checkTotals(message, sayOf);
  checkWhole(message, dateInNorway(now), sayOf(null));
  return breaches;
}

/** R001–R003, R038–R040, R065, R066, R081, R085, R114, R122, R127. */
function checkForm(line: ReturnLine, { term }: ReturnMessage, say: Say): void {
  const { standardCode: code, specification, base, rate, vat, side } = line;
  if (side === 'output' ? !OUTPUT_CODES.has(code) : !INPUT_CODES.has(code)) {
    say(
      'R001',
      'refuses',
      `Kode ${code} kan ikke stå i mva-meldingen slik`,
      `Code ${code} cannot stand in the return so`,
    );
    return;
  }
  if (specification !== null) {
    const codes = ownValue(SPECIFICATIONS, specification);
    if (!codes)
      say('R003', 'refuses', `Ukjent spesifikasjon ${specification}`, `Unknown specification ${specification}`);
    else if (!codes.includes(code)) {
      const rule = ownValue(SPECIFICATION_RULES, specification) ?? 'R114';
      say(rule, 'refuses', `${specification} passer ikke kode ${code}`, `${specification} does not fit code ${code}`);
    }
  }
  if (side === 'deduction') {
    if (base !== null || rate !== null)
      say('R066', 'refuses', 'Fradrag skal ikke ha grunnlag og sats', 'A deduction has no base and rate');
    return;
  }
  if (base === null || rate === null) {
    say('R065', 'refuses', 'Utgående avgift skal ha grunnlag og sats', 'Output VAT has base and rate');
    return;
  }
  const known = STANDARD_TAX_CODES.find((standard) => standard.code === code)!;
  const valid = known.rates.some(
    ({ from, to, rate: text }) => parsePercent(text) === rate && from <= term.to && (to === null || to >= term.from),
  );
  if (!valid)
    say(
      'R002',
      'refuses',
      `Satsen ${satsText(rate)} gjelder ikke for kode ${code} i terminen`,
      `The rate ${satsText(rate)} is not valid for code ${code} in the term`,
    );
  if (absolute(base) >= LARGEST_BASE) say('R085', 'refuses', 'Grunnlaget er for stort', 'The base is too large');
  if (vat !== 0n && absolute(vat) >= absolute(base))
    say('R122', 'refuses', 'Avgiften må være mindre enn grunnlaget', 'VAT must be less than its base');
  // The product of base and percent number, 100 and more: at least one krone of VAT.
  if (vat === 0n && absolute(base) * rate >= 1_000_000n)
    say('R127', 'refuses', 'Avgift mangler på et grunnlag med sats', 'VAT is missing on a base with a rate');
}

/** R020, R021, R078: amounts against the usual direction must be explained. */
function checkSigns({ standardCode: code, specification, base, vat, side, remark }: ReturnLine, say: Say): void {
  if (remark !== null) return;
  if (specification === 'tilbakeføringAvInngåendeMerverdiavgift') {
    say(
      'R078',
      'refuses',
      'Tilbakeføring av inngående avgift krever merknad',
      'Reversal of input VAT demands a remark',
    );
  } else if (side === 'output' && code !== '5' && (base ?? 0n) < 0n) {
    say(
      'R020',
      'refuses',
      `Negativt grunnlag på kode ${code} krever merknad`,
      `A negative base on code ${code} demands a remark`,
    );
  } else if (side === 'deduction' && vat > 0n && !isExplained(code, specification)) {
    say(
      'R021',
      'refuses',
      `Positiv avgift på fradragslinjen for kode ${code} krever merknad`,
      `Positive VAT on the deduction of code ${code} demands a remark`,
    );
  }
}

function isExplained(code: string, specification: string | null): boolean {
  return (
    specification !== null &&
    ['tapPåKrav', 'justering'].includes(specification) &&
    SPECIFICATIONS[specification]!.includes(code)
  );
}

/** R069–R071 and R074–R076: the remark is listed, and fits code, specification and sign. */
function checkRemark(line: ReturnLine, say: Say): void {
  const { remark, standardCode: code, specification, side, base, vat } = line;
  if (remark === null) return;
  if (!isListed(remark, LINE_REMARKS)) {
    say('R069', 'refuses', 'Merknaden er ikke i kodelisten for linjer', 'The remark is not in the list for lines');
    return;
  }
  const name = 'selected' in remark ? remark.selected : FREE_TEXT;
  const negative = side === 'output' && vat === 0n ? (base ?? 0n) < 0n : vat < 0n;
  const fits = FITTING.some(
    ([listed, of, minus, plus]) =>
      listed === name && of === specification && (negative ? minus : plus).split(' ').includes(code),
  );
  if (!fits)
    say(
      'R074',
      'deviates',
      `Merknaden «${name}» ventes ikke på kode ${code} med dette fortegnet`,
      `The remark “${name}” is not expected on code ${code} with this sign`,
    );
}

function isListed(remark: Remark, list: readonly { code: string }[]): boolean {
  if ('description' in remark) return remark.description.trim() !== '' && remark.description.length <= 4_000;
  return list.some(({ code }) => code === remark.selected);
}

/** R023–R037 for 81, 83, 86, 88, 91: deduction and calculated VAT of one code belong together. */
function checkPairs(lines: readonly ReturnLine[], sayOf: (line: number | null) => Say): void {
  [...DEDUCTED_ACQUISITIONS].forEach((code, i) => {
    const own = lines.flatMap((line, at) => (line.standardCode === code ? [{ line, at: at + 1 }] : []));
    const outputs = own.filter(({ line }) => line.side === 'output');
    const deductions = own.filter(({ line }) => line.side === 'deduction' && isOrdinary(line));
    const rule = (first: number) => `R0${first + i}`;
    if (deductions.length > 0 && outputs.length === 0)
      sayOf(deductions[0]!.at)(
        rule(28),
        'refuses',
        `Fradrag på kode ${code} uten beregnet avgift i samme termin`,
        `Deduction on code ${code} without calculated VAT in the same term`,
      );
    if (outputs.length > 0 && deductions.length === 0 && sum(outputs) !== 0n)
      sayOf(outputs[0]!.at)(
        rule(33),
        'deviates',
        `Beregnet avgift på kode ${code} uten fradragslinje`,
        `Calculated VAT on code ${code} without a deduction line`,
      );
    if (outputs.length > 0 && -sum(deductions) > absolute(sum(outputs)))
      sayOf(deductions[0]!.at)(
        rule(23),
        'deviates',
        `Fradraget på kode ${code} er større enn beregnet avgift`,
        `The deduction on code ${code} is larger than the calculated VAT`,
      );
  });
}

function isOrdinary({ specification }: ReturnLine): boolean {
  return specification === null || specification === 'kompensasjonsrett';
}

function sum(lines: readonly { line: ReturnLine }[]): bigint {
  return lines.reduce((total, { line }) => total + line.vat, 0n);
}

/** R018, R019, R084. */
function checkTotals({ lines, total }: ReturnMessage, sayOf: (line: number | null) => Say): void {
  if (totalOf(lines) !== total)
    sayOf(null)('R018', 'deviates', 'Sum av linjene er ikke fastsatt avgift', 'The lines do not add up to the total');
  if (lines.length === 0 && total !== 0n)
    sayOf(null)('R084', 'refuses', 'Fastsatt avgift uten linjer', 'A total without lines');
  let off = 0n;
  const worst: { at: number; by: bigint }[] = [];
  lines.forEach(({ standardCode, side, base, rate, vat }, i) => {
    if (side !== 'output' || !OUTPUT_CODES.has(standardCode) || base === null || rate === null) return;
    const by = absolute((base * rate) / 1_000_000n - vat);
    off += by;
    if (by > 1n) worst.push({ at: i + 1, by });
  });
  const tolerance = lines.length > 10 ? BigInt(lines.length) : 10n;
  if (off <= tolerance) return;
  for (const { at, by } of worst)
    sayOf(at)(
      'R019',
      'deviates',
      `Avgiften avviker ${by} kr fra grunnlag × sats`,
      `VAT differs by NOK ${by} from base × rate`,
    );
}

/** R052, R059, R072 (number), R079, R070 (remark), R132, R133. */
function checkWhole(message: ReturnMessage, today: LocalDate, say: Say): void {
  const { term, kid, remark, organizationNumber, category, lines } = message;
  // Only the register can check that it is registered for VAT.
  if (!/^\d{9}$/.test(organizationNumber))
    say('R003', 'refuses', 'Organisasjonsnummeret er ugyldig', 'The organisation number is not valid');
  if (today <= term.to) say('R059', 'refuses', 'Terminen er ikke over', 'The term has not ended');
  if (kid !== null && !isKid(kid)) say('R079', 'refuses', 'KID er ugyldig', 'The KID is not valid');
  if (remark !== null && !isListed(remark, RETURN_REMARKS))
    say(
      'R070',
      'refuses',
      'Merknaden er ikke i kodelisten for meldingen',
      'The remark is not in the list for the return',
    );
  const due = dueDate(term, category === 'primaernaering');
  if (addMonths(due, 60) < today)
    say('R133', 'deviates', 'Fristen gikk ut for over fem år siden', 'The due date passed more than five years ago');
  else if (addMonths(due, 36) < today)
    say('R132', 'deviates', 'Fristen gikk ut for over tre år siden', 'The due date passed more than three years ago');
  const turnover = lines
    .filter(({ standardCode }) => ['3', '31', '32', '33', '5', '51', '52'].includes(standardCode))
    .reduce((total, { base }) => total + (base ?? 0n), 0n);
  if (term.months === 12 && category === 'alminnelig' && turnover > LARGEST_YEARLY_TURNOVER)
    say('R052', 'deviates', 'Omsetningen er for høy for årstermin', 'Turnover is too high for a yearly term');
}
