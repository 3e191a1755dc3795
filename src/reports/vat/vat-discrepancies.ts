import { type Ore, type Percent } from '../../kernel/money.ts';
import { formatPercent } from '../../kernel/money.ts';
import { trimZeros } from '../../kernel/trim.ts';
import type { Language, Text } from '../../platform/errors.ts';
import { entryNumberText } from '../general-ledger/general-ledger-json.ts';
import type { ReportRange } from '../foundations/report-range.ts';
import { amountText, dateText, numberText } from '../foundations/report-numbers.ts';
import type { VatCode } from './vat-codes.ts';
import type { VatAccount, VatRow } from './vat-report.ts';
import { type VatNote } from './vat-sums.ts';

/**
 * Why a code needs an explanation. `difference`: calculated and posted VAT differ. `missing_vat`: base without VAT
 * line. `vat_without_base`. `loose`: movement of a VAT account that is neither VAT of a base line, settlement nor
 * opening.
 * `rate`: not the code's rate on the day, or the code is not valid then. `sign`: against the code's direction.
 */
export type DiscrepancyKind = 'difference' | 'missing_vat' | 'vat_without_base' | 'loose' | 'rate' | 'sign';

export interface Discrepancy {
  /** Null for a VAT account whose codes were never used. */
  row: VatRow | null;
  kind: DiscrepancyKind;
  text: Text;
  /** The entries that differ, as far as known. */
  notes: readonly VatNote[];
}

/** Most entries named in a sentence. */
const NAMED = 5;

/** All discrepancies of the rows, in their order, and of accounts without rows. */
export function discrepancies(
  rows: readonly VatRow[],
  accounts: readonly VatAccount[],
  notes: readonly VatNote[],
  range: ReportRange,
): Discrepancy[] {
  const ofRows = rows.flatMap((row) => {
    const found: Discrepancy[] = [];
    const say = (kind: DiscrepancyKind, text: (language: Language) => string, about: readonly VatNote[] = []) =>
      found.push({ row, kind, text: { nb: text('nb'), en: text('en') }, notes: about });
    const own = notes.filter((note) => note.kind === 'difference' && note.codes.includes(row.code.code));
    const missing = own.filter(({ posted }) => posted.debit === 0n && posted.credit === 0n);
    const differing = own.filter((note) => !missing.includes(note));
    const off = [row.main, row.acquisition].find(({ calculated, posted }) => isAbove(calculated - posted, row));
    // If one code has two rates, the entries are listed at the one that differs.
    if (off) say('difference', (l) => differenceText(off, own, l), own);
    if (missing.length > 0 && hasBase(row)) say('missing_vat', (l) => missingText(missing, l), missing);
    else if (!off && differing.some((note) => isLarge(note))) {
      const large = differing.filter(isLarge);
      say('difference', (l) => offsetText(large, l), large);
    }
    for (const account of row.vatAsBase) say('vat_without_base', (l) => asBaseText(account, l));
    for (const account of row.strayAccounts) say('vat_without_base', (l) => strayText(account, l));
    for (const { account, code } of accounts) {
      if (code !== row.code.code || row !== rows.findLast((other) => other.code === row.code)) continue;
      const loose = notes.filter((note) => note.kind === 'loose' && note.account === account);
      if (loose.length > 0) say('loose', (l) => looseText(account, loose, l), loose);
    }
    if (hasBase(row) && !isRateOf(row.code, row.rate, range)) say('rate', (l) => rateText(row, l));
    if (isAgainst(row)) say('sign', (l) => SIGN[l]);
    return found;
  });
  const ofNone = accounts
    .filter(({ code }) => code === null)
    .flatMap(({ account }): Discrepancy[] => {
      const loose = notes.filter((note) => note.kind === 'loose' && note.account === account);
      const text = { nb: looseText(account, loose, 'nb'), en: looseText(account, loose, 'en') };
      return loose.length > 0 ? [{ row: null, kind: 'loose', text, notes: loose }] : [];
    });
  return [...ofRows, ...ofNone];
}

/** The sentences of a row, or null: what the API calls `discrepancy_note`. */
export function discrepancyNote(all: readonly Discrepancy[], row: VatRow, language: Language): string | null {
  return (
    all
      .filter((one) => one.row === row)
      .map(({ text }) => text[language])
      .join(' ') || null
  );
}

/** |calculated − posted| above one krone, or above one øre per base line if that is more. */
function isAbove(difference: Ore, { baseLines }: VatRow): boolean {
  const size = difference < 0n ? -difference : difference;
  return size > (baseLines > 100 ? BigInt(baseLines) : 100n);
}

/** An entry that differs by more than a krone is reported even if another one compensates for it. */
function isLarge({ expected, posted }: VatNote): boolean {
  return [expected.debit - posted.debit, expected.credit - posted.credit].some((by) => by > 100n || by < -100n);
}

function hasBase({ base }: VatRow): boolean {
  return base.debit !== 0n || base.credit !== 0n;
}

function isRateOf(code: VatCode, rate: Percent, { from, to }: ReportRange): boolean {
  const valid = code.activeFrom <= to && (code.activeTo === null || code.activeTo >= from);
  return valid && code.rates.some((one) => one.rate === rate && one.from <= to && (one.to === null || one.to >= from));
}

/** More was reversed than sold, or than bought. */
function isAgainst({ code, base: { debit, credit } }: VatRow): boolean {
  if (code.direction === 'none') return false;
  return code.direction === 'sale' ? debit > credit : credit > debit;
}

function named(notes: readonly VatNote[], language: Language): string {
  const names = notes.slice(0, NAMED).map(numberOf);
  const more = notes.length - names.length;
  if (more > 0) names.push(language === 'nb' ? `og ${more} til` : `and ${more} more`);
  return names.join(', ');
}

function differenceText(
  { calculated, posted }: { calculated: Ore; posted: Ore },
  notes: readonly VatNote[],
  language: Language,
): string {
  const [c, p, d] = [calculated, posted, posted - calculated].map((amount) => amountText(amount, language));
  const where = notes.length > 0 ? `: ${named(notes, language)}` : '';
  return language === 'nb'
    ? `Beregnet mva er ${c}, bokført ${p}, differanse ${d}${where}.`
    : `Calculated VAT is ${c}, posted ${p}, difference ${d}${where}.`;
}

function missingText(notes: readonly VatNote[], language: Language): string {
  return language === 'nb'
    ? `Grunnlag uten mva-linje: ${named(notes, language)}.`
    : `Base without VAT line: ${named(notes, language)}.`;
}

function offsetText(notes: readonly VatNote[], language: Language): string {
  return language === 'nb'
    ? `Mva avviker i enkeltbilag som oppveier hverandre: ${named(notes, language)}.`
    : `VAT differs in entries that make up for each other: ${named(notes, language)}.`;
}

function asBaseText(account: string, language: Language): string {
  return language === 'nb'
    ? `Linjer på mva-konto ${account} har mva-kode uten å høre til et grunnlag.`
    : `Lines on VAT account ${account} carry the VAT code without belonging to a base.`;
}

function strayText(account: string, language: Language): string {
  return language === 'nb'
    ? `Mva-linjer er ført på konto ${account}, som ikke er en mva-konto.`
    : `VAT lines are posted on account ${account}, which is no VAT account.`;
}

function looseText(account: string, notes: readonly VatNote[], language: Language): string {
  return language === 'nb'
    ? `Konto ${account} er ført direkte, uten mva-kode og uten å være oppgjør eller åpning: ${named(notes, language)}.`
    : `Account ${account} was posted to directly, without VAT code and as neither settlement nor opening: ${named(notes, language)}.`;
}

function rateText({ code, rate }: VatRow, language: Language): string {
  const percent = numberText(trimZeros(formatPercent(rate)), language);
  return language === 'nb'
    ? `Satsen ${percent} % gjelder ikke for kode ${code.code} i perioden.`
    : `The rate ${percent} % is not valid for code ${code.code} in the period.`;
}

const SIGN: Text = {
  nb: 'Kreditert mer enn det motsatte i perioden; mva-meldingen krever merknad.',
  en: 'More was credited than the opposite in the period; the VAT return demands a remark.',
};

type Numbered = Pick<VatNote, 'series' | 'fiscalYear' | 'number'>;

/** `GL 17/2025`, as in the general ledger. */
export function numberOf({ series, fiscalYear, number }: Numbered): string {
  return entryNumberText({ series, fiscalYear, sequenceNumber: number });
}

/** `GL 17/2025, 31.01.2025` */
export function entryLabel(note: Numbered & Pick<VatNote, 'date'>, language: Language): string {
  return `${numberOf(note)}, ${dateText(note.date, language)}`;
}
