import { addDays } from '../../../kernel/local-date.ts';
import { divideRounded, type Ore } from '../../../kernel/money.ts';
import { type Book, credit, debit, type StoryLine } from '../book.ts';
import { dayIn, type Month, monthName } from '../calendar.ts';
import { purchase } from '../purchase.ts';
import { workingDayFrom, workingDayUntil } from '../working-days.ts';
import { DEPARTMENTS, type Employee, EMPLOYEES, SUPPLIERS } from './partners.ts';

/** Per thousand: employer's contribution in zone I, holiday pay under a collective agreement, the pension saving. */
const CONTRIBUTION = 141n;
const HOLIDAY_PAY = 120n;
const PENSION = 40n;
const PAY_RISES = [1000n, 1042n, 1085n];

export function share(amount: Ore, perThousand: bigint): Ore {
  return divideRounded(amount * perThousand, 1000n);
}

/** Holiday pay that was earned in the year before the story, by employee. */
export function holidayPayAtStart(employee: Employee): Ore {
  return employee.startsAfter > 0 ? 0n : share(BigInt(employee.pay) * 1_070n, HOLIDAY_PAY);
}

/** One employee's month, in øre. */
interface Paid {
  employee: Employee;
  pay: Ore;
  /** Holiday taken: deducted pay. */
  absent: Ore;
  /** The base of tax, contribution, holiday pay and pension. */
  base: Ore;
  tax: Ore;
  holidayPaid: Ore;
  holidayEarned: Ore;
  net: Ore;
}

function total(paid: readonly Paid[], what: Exclude<keyof Paid, 'employee'>): Ore {
  return paid.reduce((sum, one) => sum + one[what], 0n);
}

function payLines({ employee, pay, absent, holidayPaid, holidayEarned, net }: Paid): StoryLine[] {
  const { key: partner, department } = employee;
  const lines = [debit('5000', pay, { partner, department })];
  if (absent > 0n) lines.push(credit('5095', absent, { partner, department }));
  if (holidayPaid > 0n) lines.push(debit('2940', holidayPaid, { partner }));
  if (holidayEarned > 0n) lines.push(credit('2940', holidayEarned, { partner }));
  lines.push(credit('2930', net, { partner }));
  return lines;
}

/** The costs of a department's pay in addition to the pay. */
function charges(department: string, paid: readonly Paid[]): StoryLine[] {
  const base = total(paid, 'base');
  const holiday = total(paid, 'holidayEarned');
  if (base === 0n) return [];
  const pension = share(base, PENSION);
  const contribution = share(base + pension, CONTRIBUTION);
  const contributionOfHoliday = share(holiday, CONTRIBUTION);
  return [
    debit('5400', contribution, { department }),
    debit('5092', holiday, { department }),
    debit('5401', contributionOfHoliday, { department }),
    debit('5420', pension, { department }),
    credit('2770', contribution),
    credit('2780', contributionOfHoliday),
    credit('2965', pension),
  ];
}

/** Pay runs on the 20th; withholding tax and contribution are paid every second month; holiday pay in June. */
export class Payroll {
  readonly #book: Book;
  /** Earned holiday pay by employee and year. */
  readonly #earned = new Map<string, Ore>();

  constructor(book: Book, firstYear: number) {
    this.#book = book;
    for (const employee of EMPLOYEES) this.#earned.set(`${employee.key} ${firstYear - 1}`, holidayPayAtStart(employee));
  }

  month(month: Month, index: number, year: number): void {
    this.#payDuties(month);
    const paid = EMPLOYEES.filter(({ startsAfter }) => startsAfter <= index).map((employee) =>
      this.#payOf(employee, share(BigInt(employee.pay) * 100n, PAY_RISES[year] ?? PAY_RISES.at(-1)!), month),
    );
    const tax = total(paid, 'tax');
    const lines = paid.flatMap(payLines);
    if (tax > 0n) lines.push(credit('2600', tax));
    for (const { key } of DEPARTMENTS)
      lines.push(
        ...charges(
          key,
          paid.filter(({ employee }) => employee.department === key),
        ),
      );
    const holidayPaid = total(paid, 'holidayPaid');
    if (holidayPaid > 0n) {
      const contribution = share(holidayPaid, CONTRIBUTION);
      lines.push(debit('2780', contribution), credit('2770', contribution));
    }
    this.#enter(month, lines, paid, tax);
  }

  /** In June last year's holiday pay replaces the month's pay, without tax; in December tax is halved. */
  #payOf(employee: Employee, pay: Ore, { year, month }: Month): Paid {
    const holidayPaid = month === 6 ? (this.#earned.get(`${employee.key} ${year - 1}`) ?? 0n) : 0n;
    const absent = holidayPaid < pay ? holidayPaid : pay;
    const base = pay - absent;
    const rate = BigInt(employee.taxPercent) * 10n;
    const tax = (share(base, month === 12 ? rate / 2n : rate) / 100n) * 100n;
    const holidayEarned = share(base, HOLIDAY_PAY);
    const key = `${employee.key} ${year}`;
    this.#earned.set(key, (this.#earned.get(key) ?? 0n) + holidayEarned);
    return { employee, pay, absent, base, tax, holidayPaid, holidayEarned, net: base + holidayPaid - tax };
  }

  #enter(month: Month, lines: StoryLine[], paid: readonly Paid[], tax: Ore): void {
    const date = workingDayUntil(dayIn(month, 20));
    const when = `${monthName(month.month)} ${month.year}`;
    const document = `LONN-${month.name}`;
    const owed = paid.map(({ employee, net }) => debit('2930', net, { partner: employee.key }));
    this.#book.enter({ date, series: 'LONN', memo: `Lønn ${when}`, document, lines });
    this.#book.enter({
      date,
      series: 'BANK',
      memo: `Lønnsutbetaling ${when}`,
      document,
      lines: [...owed, credit('1920', total(paid, 'net'))],
    });
    if (tax > 0n)
      this.#book.enter({
        date,
        series: 'BANK',
        memo: `Overført skattetrekk ${when}`,
        document,
        lines: [debit('1950', tax), credit('1920', tax)],
      });
    if (month.month % 3 === 0) this.#payPension(month);
  }

  #payPension(month: Month): void {
    const accrued = -this.#book.balance('2965', month.last);
    if (accrued <= 0n) return;
    const [partner, name] = SUPPLIERS.pension;
    purchase(this.#book, {
      date: workingDayUntil(month.last),
      partner,
      name,
      invoice: `26-${month.name.replace('-', '')}`,
      memo: `Innskuddspensjon ${Math.ceil(month.month / 3)}. kvartal`,
      lines: [debit('2965', accrued)],
      creditDays: 20,
      onPaper: true,
    });
  }

  /** Due on the 15th of January, March and so on, for the two months before. */
  #payDuties(month: Month): void {
    if (month.month % 2 === 0) return;
    const end = addDays(month.first, -1);
    const tax = -this.#book.balance('2600', end);
    const contribution = -this.#book.balance('2770', end);
    if (tax <= 0n && contribution <= 0n) return;
    const lines: StoryLine[] = [];
    if (tax > 0n) lines.push(debit('2600', tax), credit('1950', tax));
    if (contribution > 0n) lines.push(debit('2770', contribution), credit('1920', contribution));
    this.#book.enter({
      date: workingDayFrom(dayIn(month, 15)),
      series: 'BANK',
      memo: `Skattetrekk og arbeidsgiveravgift, ${month.month === 1 ? 6 : (month.month - 1) / 2}. termin`,
      lines,
    });
  }
}
