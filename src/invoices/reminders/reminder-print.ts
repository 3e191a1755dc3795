import { type Ore, parseAmount } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';
import { amountText, dateText, numberText } from '../../reports/index.ts';
import type { LoadedInvoice } from '../invoice-load.ts';
import { type InvoicePrint, printOfInvoice, type PrintRow } from '../pdf/invoice-print.ts';
import { say } from '../pdf/invoice-texts.ts';
import type { ReminderView } from './reminder.ts';

const TEXTS = {
  REMINDER: { nb: 'Purring', en: 'Reminder' },
  NOTICE: { nb: 'Inkassovarsel', en: 'Notice of debt collection' },
  due: { nb: 'Ny frist', en: 'New deadline' },
  principal: { nb: 'Utestående', en: 'Open' },
  earlier: { nb: 'Tidligere gebyr og renter', en: 'Earlier fees and interest' },
  fee: { nb: 'Purregebyr', en: 'Reminder fee' },
  interest: { nb: 'Forsinkelsesrenter', en: 'Interest for late payment' },
  days: { nb: 'dager', en: 'days' },
} as const satisfies Record<string, { nb: string; en: string }>;

export function reminderTitle({ level }: Pick<ReminderView, 'level'>, language: Language): string {
  return TEXTS[level][language];
}

/** Its texts: the claim, its grounds, and for a notice the consequences (inkassoloven § 9, inkassoforskriften § 1-2). */
function remarks({ level, due_date }: ReminderView, invoice: string, language: Language): string[] {
  const until = dateText(due_date, language);
  if (level === 'REMINDER')
    return language === 'nb'
      ? [`Vi kan ikke se at ${invoice} er betalt. Vi ber om betaling innen ${until}. Er den betalt, se bort fra dette.`]
      : [`We cannot see that ${invoice} has been paid. Please pay by ${until}. If it has been paid, disregard this.`];
  return language === 'nb'
    ? [
        `${capital(invoice)} er ikke betalt. Er kravet ikke betalt innen ${until}, blir det sendt til inkasso uten flere varsler. ` +
          'Det vil føre til ytterligere kostnader.',
        'Har du innvendinger mot kravet, må du si fra innen samme frist.',
      ]
    : [
        `${capital(invoice)} has not been paid. If the claim is not paid by ${until}, it will be sent to debt collection without ` +
          'further notice. That will bring further costs.',
        'If you object to the claim, say so by the same day.',
      ];
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The texts of a printed reminder: the invoice's parties and account, with the amount due now. */
export function printOfReminder({ facts, made }: LoadedInvoice, reminder: ReminderView): InvoicePrint {
  const { document, language } = facts;
  const print = printOfInvoice(facts, made);
  const text = (name: keyof typeof TEXTS) => TEXTS[name][language];
  const money = (amount: string) => amountText(parseAmount(amount)!, language);
  const title = reminderTitle(reminder, language);
  const total = { label: `${say('pay', language)} NOK`, text: money(reminder.total_amount) };
  const due = dateText(reminder.due_date, language);
  const replaced: Record<string, string> = {
    [say('due', language)]: due,
    [`${say('amount', language)} ${document.currency_code}`]: money(reminder.total_amount),
  };
  return {
    ...print,
    title,
    name: `${title} ${reminder.number}`,
    isDraft: false,
    facts: [
      { label: say('number', language), text: String(reminder.number) },
      { label: say('date', language), text: dateText(reminder.reminder_date, language) },
      { label: text('due'), text: due },
    ],
    columns: (['description', 'date', 'due', 'amount'] as const).map((name) => ({
      label: say(name, language),
      toRight: name === 'amount',
    })),
    rows: rowsOf(print.name, document, reminder, language),
    sums: [{ ...total, isTotal: true }],
    remarks: remarks(reminder, print.name.toLowerCase(), language),
    payment: print.payment.map(({ label, text: shown }) => ({
      label: label === `${say('amount', language)} ${document.currency_code}` ? total.label : label,
      text: replaced[label] ?? shown,
    })),
  };
}

function rowsOf(
  invoice: string,
  document: LoadedInvoice['facts']['document'],
  reminder: ReminderView,
  language: Language,
): PrintRow[] {
  const date = (value: string | null) => (value === null ? '' : dateText(value, language));
  const [principal, fee, interest, total] = (
    ['principal_amount', 'fee_amount', 'interest_amount', 'total_amount'] as const
  ).map((name) => parseAmount(reminder[name])!) as [Ore, Ore, Ore, Ore];
  const row = (description: string, amount: Ore, days: [string | null, string | null], details: string[] = []) => ({
    description,
    details,
    cells: [date(days[0]), date(days[1]), amountText(amount, language)],
  });
  const earlier = total - principal - fee - interest;
  const now: [string, string] = [reminder.reminder_date, reminder.due_date];
  const rates = reminder.interest_rates.map(
    ({ percent, date_from, date_to, days }) =>
      `${numberText(percent, language)}\u00a0%, ${date(date_from)} – ${date(date_to)} (${days} ${TEXTS.days[language]})`,
  );
  return [
    row(`${invoice}, ${TEXTS.principal[language].toLowerCase()}`, principal, [
      document.document_date,
      document.due_date,
    ]),
    ...(earlier > 0n ? [row(TEXTS.earlier[language], earlier, [null, null])] : []),
    ...(fee > 0n ? [row(TEXTS.fee[language], fee, now)] : []),
    ...(interest > 0n ? [row(TEXTS.interest[language], interest, now, rates)] : []),
  ];
}
