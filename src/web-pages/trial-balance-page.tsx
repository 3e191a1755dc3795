import type { FiscalCalendar } from '../kernel/fiscal-year.ts';
import type { FieldProblem, Language } from '../platform/errors.ts';
import {
  foldStyle,
  type ReportModel,
  type ReportRange,
  ReportView,
  type TrialBalanceDetail,
} from '../reports/index.ts';
import { page } from './page-layout.tsx';
import { nearbyPeriods } from './period.ts';
import { ReportLinks } from './report-links.tsx';

const TEXTS = {
  title: { nb: 'Saldobalanse', en: 'Trial balance' },
  from: { nb: 'Fra og med', en: 'From' },
  to: { nb: 'Til og med', en: 'To' },
  detail: { nb: 'Vis', en: 'Show' },
  groups: { nb: 'Grupper', en: 'Groups' },
  accounts: { nb: 'Kontoer', en: 'Accounts' },
  relations: { nb: 'Kontoer med kunder, leverandører m.m.', en: 'Accounts with customers, suppliers etc.' },
  drafts: { nb: 'Ta med utkast', en: 'Include drafts' },
  show: { nb: 'Vis saldobalansen', en: 'Show trial balance' },
  periods: { nb: 'Perioder', en: 'Periods' },
};

export interface TrialBalancePage {
  language: Language;
  clientAccountId: number;
  range: ReportRange;
  calendar: FiscalCalendar;
  detail: TrialBalanceDetail;
  includeDrafts: boolean;
  /** Null where the question could not be answered; `problems` say why. */
  model: ReportModel | null;
  problems: FieldProblem[];
}

export function trialBalancePage(parts: TrialBalancePage) {
  const { language, model, problems } = parts;
  return page({
    title: model ? `${TEXTS.title[language]} ${model.subject.name}` : TEXTS.title[language],
    language,
    signedIn: true,
    crumbs: [...(model ? [{ text: model.subject.name }] : []), { text: TEXTS.title[language] }],
    ...(model ? { style: foldStyle(model) } : {}),
    body: (
      <>
        <Picker {...parts} />
        {problems.length > 0 && (
          <div class="wrap">
            {!model && <h1>{TEXTS.title[language]}</h1>}
            <div class="message" role="alert">
              {problems.map(({ path, problem }) => (
                <p>{path ? `${path}: ${problem[language]}` : problem[language]}</p>
              ))}
            </div>
          </div>
        )}
        {model && <ReportView model={model} />}
      </>
    ),
  });
}

function Picker({ language, clientAccountId, range, calendar, detail, includeDrafts }: TrialBalancePage) {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const path = `/client-accounts/${clientAccountId}/trial-balance`;
  const link = (to: ReportRange) =>
    `${path}?${new URLSearchParams({ date_from: to.from, date_to: to.to, detail, ...(includeDrafts ? { include_drafts: '1' } : {}) }).toString()}`;
  return (
    <section class="picker screen" aria-label={say('periods')}>
      <form method="get" action={path}>
        <label class="field">
          {say('from')}
          <input type="date" name="date_from" value={range.from} required />
        </label>
        <label class="field">
          {say('to')}
          <input type="date" name="date_to" value={range.to} required />
        </label>
        <label class="field">
          {say('detail')}
          <select name="detail">
            {(['groups', 'accounts', 'relations'] as const).map((choice) => (
              <option value={choice} selected={choice === detail}>
                {say(choice)}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" name="include_drafts" value="1" checked={includeDrafts} />
          {say('drafts')}
        </label>
        <button type="submit">{say('show')}</button>
      </form>
      <ul class="periods">
        {nearbyPeriods(range, calendar).map((period) => {
          const here = period.range.from === range.from && period.range.to === range.to;
          return (
            <li>
              <a href={link(period.range)} aria-current={here ? 'true' : undefined}>
                {period.label[language]}
              </a>
            </li>
          );
        })}
      </ul>
      <ReportLinks language={language} clientAccountId={clientAccountId} range={range} />
    </section>
  );
}
