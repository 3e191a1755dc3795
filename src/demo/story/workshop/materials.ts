import { addDays } from '../../../kernel/local-date.ts';
import type { Ore } from '../../../kernel/money.ts';
import { type Book, credit, debit, type StoryLine } from '../book.ts';
import { dayIn, type Month } from '../calendar.ts';
import { foreignPurchase, inKroner, purchase } from '../purchase.ts';
import type { Random } from '../random.ts';
import { workingDayFrom } from '../working-days.ts';
import { euroRate } from './exchange-rate.ts';
import { FOREIGN_SUPPLIERS, PROJECTS, SUPPLIERS } from './partners.ts';
import { plannedSales } from './sales.ts';

const MATERIALS = [
  ['timber', 'Trelast, eik og bjørk', 34],
  ['boards', 'Finerplater', 24],
  ['fittings', 'Beslag og skruer', 14],
  ['paint', 'Olje og lakk', 9],
  ['textile', 'Møbelstoff', 12],
] as const;
/** Material as a share of sales, in percent. */
const MATERIAL_SHARE = 27;

/** Timber, boards, fittings, subcontractors and freight of a month. */
export function buyMaterials(book: Book, random: Random, month: Month, index: number, year: number): void {
  const sales = plannedSales(month, year);
  for (const [supplier, memo, share] of MATERIALS) {
    const invoices = share > 20 ? 2 : 1;
    for (let n = 1; n <= invoices; n++) {
      const average = (sales * MATERIAL_SHARE * share) / 10_000 / invoices;
      buy(book, random, month, supplier, n, memo, [
        debit('4000', random.amount(Math.round(average * 0.8), Math.round(average * 1.25)), {
          taxCode: '1',
          department: 'PROD',
        }),
      ]);
    }
  }
  const running = PROJECTS.filter((project) => project.from <= index && index <= project.to);
  if (running.length > 0) {
    const project = random.pick(running).key;
    const facts = { taxCode: '1', department: 'PROSJ', project };
    buy(book, random, month, 'mounting', 1, 'Montering, timer', [
      debit('4500', random.kroner(22_000, 68_000, 100), facts),
    ]);
    if (random.chance(0.5))
      buy(book, random, month, 'electrician', 1, 'Elektroarbeid', [
        debit('4500', random.kroner(12_000, 46_000, 100), facts),
      ]);
  }
  for (let n = 1; n <= 2; n++)
    buy(book, random, month, 'freight', n, 'Frakt av møbler', [
      debit('6100', random.kroner(2_600, 9_800, 10), { taxCode: '1', department: 'PROD' }),
    ]);
  if (month.month % 3 === 2) importHardwood(book, random, month);
}

function buy(
  book: Book,
  random: Random,
  month: Month,
  supplier: keyof typeof SUPPLIERS,
  n: number,
  memo: string,
  lines: StoryLine[],
): void {
  const [partner, name] = SUPPLIERS[supplier];
  purchase(book, {
    date: workingDayFrom(dayIn(month, random.whole(2, 27))),
    partner,
    name,
    invoice: `${partner.slice(-2)}${month.name.replace('-', '')}${n}`,
    memo,
    lines,
    creditDays: 30,
    paidAfterDue: random.whole(-2, 1),
    onPaper: random.chance(0.09),
  });
}

/**
 * Hardwood from Germany: the invoice in euro under 21, and the customs declaration with its own value, duty and freight
 * included, under 81 (base against the same account; the VAT is calculated both ways).
 */
function importHardwood(book: Book, random: Random, month: Month): void {
  const [partner, name] = FOREIGN_SUPPLIERS.hardwood;
  const date = workingDayFrom(dayIn(month, random.whole(4, 12)));
  const euro: Ore = random.kroner(2_900, 6_800, 10);
  foreignPurchase(book, {
    date,
    partner,
    name,
    invoice: `RE-${month.name.replace('-', '')}`,
    memo: 'valnøtt og ask',
    costAccount: '4330',
    taxCode: '21',
    facts: { department: 'PROD' },
    euro,
    rateThen: euroRate(date),
    creditDays: 30,
    paidAfterDue: 0,
    rateWhenPaid: euroRate(workingDayFrom(addDays(date, 30))),
  });
  const customsValue = ((inKroner(euro, euroRate(date)) + random.kroner(1_200, 3_000)) / 100n) * 100n;
  const cleared = workingDayFrom(addDays(date, 5));
  book.enter({
    date: cleared,
    series: 'INN',
    memo: `Tolldeklarasjon ${month.name}, innførsel fra ${name}`,
    document: `TOLL-${month.name}`,
    lines: [
      debit('4330', customsValue, { taxCode: '81', department: 'PROD', memo: 'Grunnlag innførselsmva' }),
      credit('4330', customsValue, { department: 'PROD', memo: 'Motpost grunnlag' }),
    ],
  });
  const [agent, agentName] = SUPPLIERS.customs;
  purchase(book, {
    date: cleared,
    partner: agent,
    name: agentName,
    invoice: `K${month.name.replace('-', '')}`,
    memo: 'Tollklarering',
    lines: [debit('4360', random.kroner(900, 1_900, 10), { taxCode: '1', department: 'PROD' })],
    creditDays: 14,
  });
}
