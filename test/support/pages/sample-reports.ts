import type {
  Cell,
  ReportHeader,
  ReportModel,
  ReportRow,
  ReportStream,
} from '../../../src/reports/foundations/report-model.ts';
import type { Language } from '../../../src/platform/errors.ts';

/** Synthetic reports for tests of rendering. Deterministic. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'Mai', 'Jun', 'Jul', 'Aug', 'Sep', 'Okt', 'Nov', 'Des'];
const ACCOUNTS = [
  'Salgsinntekt handelsvarer, avgiftspliktig høy sats',
  'Lønn til ansatte',
  'Reisekostnad, ikke oppgavepliktig',
  'Kontorrekvisita',
  'Strøm',
];
const STATEMENT: [string, string[]][] = [
  ['Driftsinntekter', ['Salgsinntekt', 'Annen driftsinntekt']],
  [
    'Driftskostnader',
    ['Varekostnad', 'Lønnskostnad', 'Av- og nedskrivning på varige driftsmidler', 'Annen driftskostnad'],
  ],
  ['Finansposter', ['Finansinntekt', 'Finanskostnad']],
];

const ROW = { id: null, level: 1, within: [], code: null, link: null, folded: false } satisfies Partial<ReportRow>;

export function sampleHead(title: string, language: Language = 'nb'): Omit<ReportHeader, 'columns'> {
  return {
    title,
    language,
    subject: { name: 'Lerkefjell Innredning AS', organizationNumber: '987654325' },
    from: '2025-01-01',
    to: '2025-12-31',
    printedAt: new Date('2026-03-15T10:00:00Z'),
    knownAt: null,
    includesDrafts: false,
    filters: [],
    firstColumn: language === 'nb' ? 'Konto' : 'Account',
    notes: [],
  };
}

/** An income statement by month, with the total and the year before: groups, accounts, subtotals, results. */
export function sampleStatement(months = 12, language: Language = 'nb'): ReportModel {
  const random = randomNumbers(7);
  const cells = (scale: number): Cell[] => {
    const amounts = Array.from({ length: months }, () => random.amount(scale));
    const total = amounts.reduce((sum, amount) => sum + amount, 0n);
    return [...amounts, total, (total * 9n) / 10n].map((amount) => ({ amount }));
  };
  const rows: ReportRow[] = [];
  let code = 3000;
  for (const [main, groups] of STATEMENT) {
    rows.push({ ...ROW, kind: 'group', id: main, label: main, cells: empty(months + 2) });
    for (const group of groups) {
      const within = [main, group];
      rows.push({ ...ROW, kind: 'group', id: group, level: 2, within: [main], label: group, cells: empty(months + 2) });
      const count = 3 + random.below(8);
      for (let at = 0; at < count; at += 1) {
        code += 10;
        const label = ACCOUNTS[at % ACCOUNTS.length]!;
        const link = `/client-accounts/2/lines?account=${code}`;
        rows.push({ ...ROW, kind: 'account', level: 3, within, code: String(code), label, link, cells: cells(1e8) });
      }
      const sum = `Sum ${group.toLowerCase()}`;
      rows.push({ ...ROW, kind: 'subtotal', level: 2, within: [main], label: sum, cells: cells(1e9) });
    }
    rows.push({ ...ROW, kind: 'subtotal', label: `Sum ${main.toLowerCase()}`, cells: cells(1e9) });
    if (main === 'Driftskostnader') {
      rows.push({ ...ROW, kind: 'computed', label: 'Driftsresultat', cells: cells(1e9) });
    }
  }
  rows.push({ ...ROW, kind: 'total', label: 'Årsresultat', cells: cells(1e9) });
  return {
    ...sampleHead(language === 'nb' ? 'Resultatregnskap' : 'Income statement', language),
    columns: [
      ...MONTHS.slice(0, months).map((label) => ({ key: label, label: `${label} 2025`, kind: 'amount' as const })),
      { key: 'total', label: 'I alt', kind: 'amount' },
      { key: 'before', label: 'Samme periode i fjor', kind: 'amount' },
    ],
    rows,
    notes: ['Inntekter og kostnader er vist med naturlig fortegn. Beløp i kroner.'],
  };
}

const PARTNERS = [
  'Nordlys Bygg AS',
  'Guovdageainnu suohkan – Kautokeino kommune',
  'Ŋuorrju Duodji DA',
  'Hansen & Sønner',
  'Kari Nordmann',
];
const TEXTS = [
  'Faktura 10432',
  'Innbetaling',
  'Varekjøp trelast til prosjekt Lerkefjell hytteområde, delleveranse 3 av 5 etter rammeavtale',
  'Husleie mars',
  'Avskrivning',
  'Bankgebyr',
];

/** A general ledger: accounts with opening balance, lines with running balance, closing balance. */
export function sampleLedger(lines: number, accounts: number): ReportStream {
  return {
    ...sampleHead('Hovedbok'),
    firstColumn: 'Konto / bilag',
    columns: [
      { key: 'date', label: 'Dato', kind: 'date', width: 10 },
      { key: 'vat_code', label: 'Mva-kode', kind: 'text', width: 8 },
      { key: 'vat', label: 'Mva', kind: 'amount' },
      { key: 'partner', label: 'Motpart', kind: 'text', width: 20 },
      { key: 'dimensions', label: 'Avdeling / prosjekt', kind: 'text', width: 18 },
      { key: 'amount', label: 'Beløp', kind: 'amount' },
      { key: 'balance', label: 'Saldo', kind: 'amount' },
    ],
    notes: ['Beløp er debet minus kredit.'],
    rowCount: lines + accounts * 3,
    rows: () => ledgerRows(Math.floor(lines / accounts), accounts),
  };
}

async function* ledgerRows(lines: number, accounts: number): AsyncGenerator<readonly ReportRow[]> {
  const random = randomNumbers(42);
  const balanceRow = (kind: 'opening' | 'closing', label: string, within: string[], amount: bigint): ReportRow => ({
    ...ROW,
    kind,
    level: 2,
    within,
    label,
    cells: [...empty(6), { amount }],
  });
  for (let account = 0; account < accounts; account += 1) {
    const code = String(1500 + account * 10);
    const within = [`a${code}`];
    const name = ['Kundefordringer', 'Bankinnskudd', 'Leverandørgjeld', 'Salgsinntekt'][account % 4]!;
    let balance = random.amount(1e8);
    let batch: ReportRow[] = [
      { ...ROW, kind: 'group', id: within[0]!, label: `${code} ${name}`, cells: empty(7) },
      balanceRow('opening', 'Inngående saldo', within, balance),
    ];
    for (let line = 0; line < lines; line += 1) {
      const amount = random.amount(1e7);
      balance += amount;
      const month = String(1 + Math.floor((line * 12) / lines)).padStart(2, '0');
      const number = account * lines + line + 1;
      batch.push({
        ...ROW,
        kind: 'line',
        level: 2,
        within,
        code: `GL ${number}/2025`,
        label: TEXTS[random.below(TEXTS.length)]!,
        link: `/journal-entries/${number}`,
        cells: [
          { date: `2025-${month}-15` },
          random.below(2) ? { text: '3' } : null,
          { amount: amount / 5n },
          { text: PARTNERS[random.below(PARTNERS.length)]! },
          random.below(3) ? null : { text: 'Oslo / P-17' },
          { amount },
          { amount: balance },
        ],
      });
      if (batch.length >= 1_000) {
        yield batch;
        batch = [];
      }
    }
    batch.push(balanceRow('closing', 'Utgående saldo', within, balance));
    yield batch;
  }
}

function empty(count: number): null[] {
  return Array.from({ length: count }, () => null);
}

function randomNumbers(seed: number) {
  let state = seed;
  const next = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 1) / 2 ** 31;
  return {
    below: (limit: number) => Math.floor(next() * limit),
    /** Mostly positive, in øre. */
    amount: (scale: number) => BigInt(Math.floor((next() - 0.3) * scale)),
  };
}
