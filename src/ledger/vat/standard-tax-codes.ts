import type { LocalDate } from '../../kernel/local-date.ts';

/** Percent as text, as the law states it: units of 1/10000 percent would make the table hard to read. */
export interface DatedRate {
  from: LocalDate;
  to: LocalDate | null;
  rate: string;
}

export interface StandardTaxCode {
  code: string;
  nb: string;
  en: string;
  direction: 'sale' | 'purchase' | 'reverse' | 'none';
  rates: readonly DatedRate[];
  /** Account for calculated output VAT. */
  output?: string;
  /** Account for deductible input VAT. */
  deduction?: string;
  /** False for reverse charge without deduction: the VAT becomes cost. */
  deductible: boolean;
  /** The line itself is VAT that was paid to customs. */
  importPaid?: true;
  /** Appears in the VAT return. */
  reportable: boolean;
  compensation: boolean;
}

const HIGH: DatedRate[] = [
  { from: '2001-07-01', to: '2004-12-31', rate: '24' },
  { from: '2005-01-01', to: null, rate: '25' },
];
const MIDDLE: DatedRate[] = [
  { from: '2007-01-01', to: '2011-12-31', rate: '14' },
  { from: '2012-01-01', to: null, rate: '15' },
];
const FISH: DatedRate[] = [{ from: '2001-07-01', to: null, rate: '11.11' }];
const LOW: DatedRate[] = [
  { from: '2006-01-01', to: '2015-12-31', rate: '8' },
  { from: '2016-01-01', to: '2017-12-31', rate: '10' },
  { from: '2018-01-01', to: '2020-03-31', rate: '12' },
  { from: '2020-04-01', to: '2021-09-30', rate: '6' },
  { from: '2021-10-01', to: null, rate: '12' },
];
const ZERO: DatedRate[] = [{ from: '2001-07-01', to: null, rate: '0' }];

type Row = [
  code: string,
  direction: StandardTaxCode['direction'],
  rates: DatedRate[],
  output: string,
  deduction: string,
  nb: string,
  en: string,
];

/**
 * The 30 standard VAT codes of Skatteetaten (Standard_Tax_Codes), with our default accounts and the rates of
 * merverdiavgiftsloven § 5-1 to § 5-11 by date. The direction says who calculates the VAT.
 */
const ROWS: Row[] = [
  ['0', 'none', ZERO, '', '', 'Ingen merverdiavgiftsbehandling (anskaffelser)', 'No VAT treatment (purchases)'],
  ['1', 'purchase', HIGH, '', '2710', 'Inngående mva innenlands, høy sats', 'Domestic input VAT, regular rate'],
  ['11', 'purchase', MIDDLE, '', '2711', 'Inngående mva innenlands, middels sats', 'Domestic input VAT, middle rate'],
  ['12', 'purchase', FISH, '', '2712', 'Inngående mva innenlands, råfisk', 'Domestic input VAT, raw fish'],
  ['13', 'purchase', LOW, '', '2713', 'Inngående mva innenlands, lav sats', 'Domestic input VAT, low rate'],
  [
    '14',
    'purchase',
    HIGH,
    '',
    '2714',
    'Innførselsmva betalt til tollmyndighetene, høy sats',
    'Import VAT paid to customs, regular rate',
  ],
  [
    '15',
    'purchase',
    MIDDLE,
    '',
    '2715',
    'Innførselsmva betalt til tollmyndighetene, middels sats',
    'Import VAT paid to customs, middle rate',
  ],
  [
    '20',
    'none',
    ZERO,
    '',
    '',
    'Kostnad ved innførsel av varer, ingen mva-behandling',
    'Cost of imported goods, no VAT treatment',
  ],
  ['21', 'none', HIGH, '', '', 'Kostnad ved innførsel av varer, høy sats', 'Cost of imported goods, regular rate'],
  ['22', 'none', MIDDLE, '', '', 'Kostnad ved innførsel av varer, middels sats', 'Cost of imported goods, middle rate'],
  ['3', 'sale', HIGH, '2700', '', 'Utgående mva, høy sats', 'Output VAT, regular rate'],
  ['31', 'sale', MIDDLE, '2701', '', 'Utgående mva, middels sats', 'Output VAT, middle rate'],
  ['32', 'sale', FISH, '2702', '', 'Utgående mva, råfisk', 'Output VAT, raw fish'],
  ['33', 'sale', LOW, '2703', '', 'Utgående mva, lav sats', 'Output VAT, low rate'],
  [
    '5',
    'sale',
    ZERO,
    '',
    '',
    'Innenlands omsetning og uttak fritatt for mva',
    'Domestic zero-rated sales and withdrawals',
  ],
  ['51', 'sale', ZERO, '', '', 'Innenlands omsetning med omvendt avgiftsplikt', 'Domestic sales with reverse charge'],
  ['52', 'sale', ZERO, '', '', 'Utførsel av varer og tjenester', 'Export of goods and services'],
  [
    '6',
    'sale',
    ZERO,
    '',
    '',
    'Omsetning og uttak utenfor merverdiavgiftsloven',
    'Turnover and withdrawals outside the VAT Act',
  ],
  [
    '7',
    'none',
    ZERO,
    '',
    '',
    'Ingen merverdiavgiftsbehandling (inntekter)',
    'No VAT treatment (income that is no turnover)',
  ],
  [
    '81',
    'reverse',
    HIGH,
    '2704',
    '2714',
    'Innførsel av varer med fradragsrett, høy sats',
    'Import of goods, deductible, regular rate',
  ],
  [
    '82',
    'reverse',
    HIGH,
    '2704',
    '',
    'Innførsel av varer uten fradragsrett, høy sats',
    'Import of goods, not deductible, regular rate',
  ],
  [
    '83',
    'reverse',
    MIDDLE,
    '2705',
    '2715',
    'Innførsel av varer med fradragsrett, middels sats',
    'Import of goods, deductible, middle rate',
  ],
  [
    '84',
    'reverse',
    MIDDLE,
    '2705',
    '',
    'Innførsel av varer uten fradragsrett, middels sats',
    'Import of goods, not deductible, middle rate',
  ],
  [
    '85',
    'reverse',
    ZERO,
    '',
    '',
    'Innførsel av varer som det ikke skal beregnes mva av',
    'Import of goods without VAT',
  ],
  [
    '86',
    'reverse',
    HIGH,
    '2706',
    '2716',
    'Tjenester fra utlandet med fradragsrett, høy sats',
    'Services from abroad, deductible, regular rate',
  ],
  [
    '87',
    'reverse',
    HIGH,
    '2706',
    '',
    'Tjenester fra utlandet uten fradragsrett, høy sats',
    'Services from abroad, not deductible, regular rate',
  ],
  [
    '88',
    'reverse',
    LOW,
    '2707',
    '2717',
    'Tjenester fra utlandet med fradragsrett, lav sats',
    'Services from abroad, deductible, low rate',
  ],
  [
    '89',
    'reverse',
    LOW,
    '2707',
    '',
    'Tjenester fra utlandet uten fradragsrett, lav sats',
    'Services from abroad, not deductible, low rate',
  ],
  [
    '91',
    'reverse',
    HIGH,
    '2708',
    '2718',
    'Klimakvoter eller gull med fradragsrett, høy sats',
    'Emission allowances or gold, deductible, regular rate',
  ],
  [
    '92',
    'reverse',
    HIGH,
    '2708',
    '',
    'Klimakvoter eller gull uten fradragsrett, høy sats',
    'Emission allowances or gold, not deductible, regular rate',
  ],
];

const COMPENSATED = new Set([
  '0',
  '1',
  '11',
  '13',
  '14',
  '15',
  '20',
  '21',
  '22',
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
const NEVER_REPORTED = new Set(['0', '7', '20', '21', '22']);

export const STANDARD_TAX_CODES: readonly StandardTaxCode[] = ROWS.map(
  ([code, direction, rates, output, deduction, nb, en]) => ({
    code,
    nb,
    en,
    direction,
    rates,
    ...(output ? { output } : {}),
    ...(deduction ? { deduction } : {}),
    deductible: deduction !== '',
    ...(code === '14' || code === '15' ? { importPaid: true as const } : {}),
    reportable: !NEVER_REPORTED.has(code),
    compensation: COMPENSATED.has(code),
  }),
);
