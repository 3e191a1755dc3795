import { parseAmount } from '../../kernel/money.ts';
import type { AppError, Language } from '../../platform/errors.ts';
import { amountText, dateText } from '../../reports/index.ts';
import type { SubmissionView, TermState, VatYear } from '../../vat-return/index.ts';
import { page } from '../page-layout.tsx';

const TEXTS = {
  title: { nb: 'Mva-meldinger', en: 'VAT returns' },
  year: { nb: 'År', en: 'Year' },
  show: { nb: 'Vis', en: 'Show' },
  due: { nb: 'Frist', en: 'Due' },
  settled: { nb: 'Gjort opp', en: 'Settled' },
  notSettled: { nb: 'Ikke gjort opp', en: 'Not settled' },
  settle: { nb: 'Gjør opp terminen', en: 'Settle the term' },
  send: { nb: 'Send til Skatteetaten', en: 'Send to Skatteetaten' },
  correct: { nb: 'Send ny komplett melding', en: 'Send a new complete return' },
  again: { nb: 'Send på nytt', en: 'Send again' },
  goOn: { nb: 'Fortsett innsendingen', en: 'Go on with it' },
  login: { nb: 'Logg inn med ID-porten', en: 'Log in through ID-porten' },
  check: { nb: 'Forhåndssjekk', en: 'Check beforehand' },
  message: { nb: 'Meldingen (XML)', en: 'The return (XML)' },
  report: { nb: 'Mva-rapport', en: 'VAT report' },
  entry: { nb: 'Oppgjørsbilag', en: 'Settlement’s entry' },
  receipt: { nb: 'Kvittering', en: 'Receipt' },
  paymentFile: { nb: 'Betalingsinformasjon', en: 'Payment information' },
  result: { nb: 'Valideringsresultat', en: 'Validation result' },
  amount: { nb: 'Å betale', en: 'To pay' },
  refund: { nb: 'Til gode', en: 'Refund' },
  account: { nb: 'Konto', en: 'Account' },
  dueDate: { nb: 'Forfall', en: 'Due date' },
  code: { nb: 'kode', en: 'code' },
  next: { nb: 'Prøves igjen', en: 'Tried again' },
  version: { nb: 'Innsending', en: 'Submission' },
  update: { nb: 'Oppdater', en: 'Update' },
};

const STATES: Record<SubmissionView['status'], Record<Language, string>> = {
  PREPARED: { nb: 'Klar til å sendes', en: 'Ready to be sent' },
  SENDING: { nb: 'Sendes', en: 'Being sent' },
  SENT: { nb: 'Sendt, venter på svar fra Skatteetaten', en: 'Sent, waiting for Skatteetaten’s answer' },
  ACCEPTED: { nb: 'Mottatt av Skatteetaten', en: 'Received by Skatteetaten' },
  REJECTED: { nb: 'Avvist av Skatteetaten', en: 'Rejected by Skatteetaten' },
  LOST: { nb: 'Fjernet fra Altinn før svaret kom', en: 'Removed from Altinn before the answer came' },
};

export interface VatReturnPage {
  language: Language;
  clientAccountId: number;
  year: VatYear;
  /** Why what was asked for was not done. */
  refusal: AppError | null;
}

/** The terms of a year: what is due, what was sent, what came back, what is to be done next. */
export function vatReturnPage({ language, clientAccountId, year, refusal }: VatReturnPage) {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  return page({
    title: `${say('title')} ${year.year} ${year.clientAccountName}`,
    language,
    signedIn: true,
    crumbs: [{ text: year.clientAccountName }, { text: `${say('title')} ${year.year}` }],
    body: (
      <div class="wrap">
        <h1>
          {say('title')} {year.year}
        </h1>
        <form method="get" class="search">
          <label class="field">
            {say('year')}
            <input type="text" inputmode="numeric" pattern="[0-9]{4}" name="year" value={String(year.year)} required />
          </label>
          <button type="submit">{say('show')}</button>
        </form>
        {refusal && <Refusal refusal={refusal} language={language} clientAccountId={clientAccountId} />}
        {year.terms.map((term) => (
          <Term term={term} language={language} clientAccountId={clientAccountId} />
        ))}
      </div>
    ),
  });
}

interface Common {
  language: Language;
  clientAccountId: number;
}

function Refusal({ refusal, language, clientAccountId }: Common & { refusal: AppError }) {
  return (
    <div class="message" role="alert">
      <p>{refusal.sentence(language)}</p>
      {refusal.fields.length > 0 && (
        <ul>
          {refusal.fields.map(({ path, problem }) => (
            <li>
              {path === 'return' ? '' : `${path.replace('tax_code', TEXTS.code[language])}: `}
              {problem[language]}
            </li>
          ))}
        </ul>
      )}
      {refusal.code === 'mva_melding.login_required' && <Login language={language} clientAccountId={clientAccountId} />}
    </div>
  );
}

function Login({ language, clientAccountId }: Common) {
  return (
    <p>
      <a class="button" href={`/integrations?client_account_id=${clientAccountId}`}>
        {TEXTS.login[language]}
      </a>
    </p>
  );
}

function Term({ term, language, clientAccountId }: Common & { term: TermState }) {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const query = new URLSearchParams({
    client_account_id: String(clientAccountId),
    from_date: term.from,
    to_date: term.to,
  });
  const address = (path: string, more = '') => `/api/v2/${path}?${query.toString()}${more}`;
  const { settlement, submissions, isUnsent } = term;
  const latest = submissions[0];
  return (
    <section class="part sheet" aria-labelledby={`term-${term.from}`}>
      <h2 id={`term-${term.from}`}>{term.name}</h2>
      <dl class="trail">
        <div>
          <dt>{say('due')}</dt>
          <dd>{dateText(term.dueDate, language)}</dd>
        </div>
        <div>
          <dt>{say('settled')}</dt>
          <dd>
            {settlement ? (
              <a href={`/journal-entries/${settlement.journalEntryId}`}>
                {amountText(settlement.payable * 100n, language)}
                <span class="sr">{`, ${say('entry')}`}</span>
              </a>
            ) : (
              say('notSettled')
            )}
          </dd>
        </div>
        <div>
          <dt>{say('report')}</dt>
          <dd>
            <a href={address('reports/vat', '&format=html')}>{say('show')}</a> ·{' '}
            <a href={address('vat-return/message/check')}>{say('check')}</a> ·{' '}
            <a href={address('vat-return/message')}>{say('message')}</a>
          </dd>
        </div>
      </dl>
      {submissions.map((one) => (
        <Submission one={one} language={language} clientAccountId={clientAccountId} />
      ))}
      <Buttons {...{ term, latest, isUnsent, language, clientAccountId }} />
    </section>
  );
}

/** What can be done next with the term. */
function Buttons({
  term: { from, to, settlement },
  latest,
  isUnsent,
  language,
  clientAccountId,
}: Common & { term: TermState; latest: SubmissionView | undefined; isUnsent: boolean }) {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const underWay = latest?.status === 'SENDING' || latest?.status === 'SENT';
  const failed = latest?.status === 'REJECTED' || latest?.status === 'LOST';
  const button = (doing: 'settle' | 'send', text: keyof typeof TEXTS) => (
    <form method="post" action={`/client-accounts/${clientAccountId}/vat-return`}>
      <input type="hidden" name="from_date" value={from} />
      <input type="hidden" name="to_date" value={to} />
      <button type="submit" name="do" value={doing} aria-describedby={`term-${from}`}>
        {say(text)}
      </button>
    </form>
  );
  return (
    <div class="search">
      {!settlement && !underWay && button('settle', 'settle')}
      {underWay && latest.waiting_for !== null && button('send', 'goOn')}
      {underWay && latest.waiting_for === null && (
        <a href={`/client-accounts/${clientAccountId}/vat-return?year=${from.slice(0, 4)}`}>{say('update')}</a>
      )}
      {!underWay && isUnsent && button('send', latest?.status === 'ACCEPTED' ? 'correct' : 'send')}
      {!underWay && !isUnsent && failed && button('send', 'again')}
    </div>
  );
}

function Submission({ one, language, clientAccountId }: Common & { one: SubmissionView }) {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const files = [
    [one.receipt_voucher_id, 'receipt'],
    [one.payment_information_voucher_id, 'paymentFile'],
    [one.validation_voucher_id, 'result'],
  ] as const;
  const { payment } = one;
  return (
    <div class="demo">
      <p>
        {say('version')} {one.version}: <b>{STATES[one.status][language]}</b>
        {one.answer && <span class="sub">{one.answer}</span>}
      </p>
      {one.problem && (
        <div class="message">
          <p>{one.problem.text}</p>
          {one.waiting_for === 'LOGIN' && <Login language={language} clientAccountId={clientAccountId} />}
          {one.next_attempt_at && (
            <p>
              {say('next')} {one.next_attempt_at.slice(0, 16).replace('T', ' ')} UTC
            </p>
          )}
        </div>
      )}
      {one.deviations.length > 0 && (
        <ul>
          {one.deviations.map(({ rule, tax_code: code, text }) => (
            <li>
              {rule ? `${rule}: ` : ''}
              {text}
              {code ? ` (${say('code')} ${code})` : ''}
            </li>
          ))}
        </ul>
      )}
      {payment && (
        <dl class="trail">
          <div>
            <dt>{payment.amount.startsWith('-') ? say('refund') : say('amount')}</dt>
            <dd>{amountText(parseAmount(payment.amount)!, language)}</dd>
          </div>
          <div>
            <dt>{say('dueDate')}</dt>
            <dd>{dateText(payment.due_date, language)}</dd>
          </div>
          <div>
            <dt>KID</dt>
            <dd>{payment.kid ?? '–'}</dd>
          </div>
          <div>
            <dt>{say('account')}</dt>
            <dd>{payment.account_number ?? '–'}</dd>
          </div>
        </dl>
      )}
      <ul class="files">
        {files.map(
          ([id, text]) =>
            id !== null && (
              <li>
                <a href={`/api/v2/files/${id}/download?inline=true`}>{say(text)}</a>
              </li>
            ),
        )}
      </ul>
    </div>
  );
}
