import type { Text } from '../platform/errors.ts';
import type { Language } from '../platform/errors.ts';
import type { ReportRange } from '../reports/index.ts';

type Format = 'html' | 'excel' | 'pdf';

interface Linked {
  path: string;
  name: Text;
  /** What its days are called; a report of one day has one name. */
  days: readonly [from: string, to: string] | readonly [day: string];
  formats: readonly Format[];
}

const ALL: readonly Format[] = ['html', 'excel', 'pdf'];

const REPORTS: readonly Linked[] = [
  { path: 'balance-sheet', name: { nb: 'Balanse', en: 'Balance sheet' }, days: ['report_date'], formats: ALL },
  {
    path: 'income-statement',
    name: { nb: 'Resultatregnskap', en: 'Income statement' },
    days: ['date_from', 'date_to'],
    formats: ALL,
  },
  {
    path: 'trial-balance',
    name: { nb: 'Saldobalanse', en: 'Trial balance' },
    days: ['date_from', 'date_to'],
    formats: ALL,
  },
  {
    path: 'general-ledger',
    name: { nb: 'Hovedbok', en: 'General ledger' },
    days: ['start_date', 'end_date'],
    formats: ALL,
  },
  {
    path: 'vat',
    name: { nb: 'Mva-rapport', en: 'VAT report' },
    days: ['from_date', 'to_date'],
    formats: ['html', 'pdf'],
  },
  {
    path: 'asset-register',
    name: { nb: 'Anleggsregister', en: 'Asset register' },
    days: ['report_date'],
    formats: ALL,
  },
  {
    path: 'depreciation',
    name: { nb: 'Avskrivninger', en: 'Depreciation' },
    days: ['date_from', 'date_to'],
    formats: ALL,
  },
];

const FORMATS: Record<Format, Text> = {
  html: { nb: 'Vis', en: 'Show' },
  excel: { nb: 'Excel', en: 'Excel' },
  pdf: { nb: 'PDF', en: 'PDF' },
};

const TITLE: Text = { nb: 'Rapporter for perioden', en: 'Reports for the period' };
const VAT_RETURNS: Text = { nb: 'Mva-meldinger', en: 'VAT returns' };
const SAF_T: Text = { nb: 'SAF-T Regnskap', en: 'SAF-T Financial' };

/** Every report of the period, in each of its formats. */
export function ReportLinks(parts: { language: Language; clientAccountId: number; range: ReportRange }) {
  const { language, clientAccountId, range } = parts;
  const address = (path: string, query: Record<string, string>) =>
    `/api/v2/reports/${path}?${new URLSearchParams({ client_account_id: String(clientAccountId), ...query }).toString()}`;
  return (
    <nav class="reports" aria-label={TITLE[language]}>
      <ul>
        {REPORTS.map(({ path, name, days, formats }) => {
          const [first, last] = days;
          const asked: Record<string, string> = last
            ? { [first]: range.from, [last]: range.to }
            : { [first]: range.to };
          return (
            <li>
              <b>{name[language]}</b>
              {formats.map((format) => (
                <a
                  href={address(path, { ...asked, format })}
                  aria-label={`${name[language]}, ${FORMATS[format][language]}`}
                >
                  {FORMATS[format][language]}
                </a>
              ))}
            </li>
          );
        })}
        <li>
          <a href={`/client-accounts/${clientAccountId}/vat-return?year=${range.to.slice(0, 4)}`}>
            {VAT_RETURNS[language]}
          </a>
        </li>
        <li>
          <b>{SAF_T[language]}</b>
          <a href={address('saf-t-financial', { start_date: range.from, end_date: range.to })}>ZIP</a>
        </li>
      </ul>
    </nav>
  );
}
