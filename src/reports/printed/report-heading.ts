import type { Language } from '../../platform/errors.ts';
import type { ReportHeader } from '../foundations/report-model.ts';
import { dateText, organizationNumberText, timeText } from '../foundations/report-numbers.ts';

const TEXTS = {
  period: { nb: 'Periode', en: 'Period' },
  day: { nb: 'Per', en: 'At' },
  printed: { nb: 'Skrevet ut', en: 'Printed' },
  knownAt: { nb: 'Slik regnskapet var kjent', en: 'As the books were known at' },
  organization: { nb: 'org.nr.', en: 'org. no.' },
  drafts: { nb: 'Med utkast – ikke en oppstilling av regnskapet', en: 'With drafts – not a report of the books' },
} satisfies Record<string, Record<Language, string>>;

/** A field of a report's head: label and value. */
export interface HeaderFact {
  label: string;
  text: string;
}

/** `01.01.2025 – 31.12.2025`, or the one day. */
export function periodText({ from, to, language }: ReportHeader): string {
  return from === null ? dateText(to, language) : `${dateText(from, language)} – ${dateText(to, language)}`;
}

/** `Lerkefjell Innredning AS, org.nr. 987 654 321` */
export function subjectText({ subject, language }: ReportHeader): string {
  const number = subject.organizationNumber;
  return number ? `${subject.name}, ${TEXTS.organization[language]} ${organizationNumberText(number)}` : subject.name;
}

/** Period, print time and, if it is not the present, the time of knowledge: bokføringsforskriften § 3-1. */
export function headerFacts(head: ReportHeader): HeaderFact[] {
  const { language, from, knownAt } = head;
  const facts = [
    { label: TEXTS[from === null ? 'day' : 'period'][language], text: periodText(head) },
    { label: TEXTS.printed[language], text: timeText(head.printedAt, language) },
  ];
  if (knownAt) facts.push({ label: TEXTS.knownAt[language], text: timeText(knownAt, language) });
  return facts;
}

/** Marks of a report that is not an ordinary one, the most serious first. */
export function headerMarks(head: ReportHeader): { drafts: string | null; filters: readonly string[] } {
  return { drafts: head.includesDrafts ? TEXTS.drafts[head.language] : null, filters: head.filters };
}
