import type { Language } from '../platform/errors.ts';
import {
  type AccountLines,
  amountText,
  dateText,
  entryNumberText,
  filterTexts,
  type LedgerLine,
  type LedgerRow,
  organizationNumberText,
  PrintHeader,
  timeText,
} from '../reports/index.ts';
import type { Ore } from '../kernel/money.ts';
import { page } from './page-layout.tsx';

const TEXTS = {
  trial: { nb: 'Saldobalanse', en: 'Trial balance' },
  account: { nb: 'Konto', en: 'Account' },
  entry: { nb: 'Bilag', en: 'Entry' },
  date: { nb: 'Dato', en: 'Date' },
  text: { nb: 'Tekst', en: 'Text' },
  vat: { nb: 'Mva', en: 'VAT' },
  debit: { nb: 'Debet', en: 'Debit' },
  credit: { nb: 'Kredit', en: 'Credit' },
  balance: { nb: 'Saldo', en: 'Balance' },
  opening: { nb: 'Inngående saldo', en: 'Opening balance' },
  carried: { nb: 'Overført fra forrige side', en: 'Carried from the previous page' },
  closing: { nb: 'Utgående saldo', en: 'Closing balance' },
  total: { nb: 'Sum for perioden', en: 'Total of the period' },
  ledger: { nb: 'Hovedbok for kontoen:', en: 'General ledger of the account:' },
  pageEnd: { nb: 'Overføres til neste side', en: 'Carried to the next page' },
  period: { nb: 'Periode', en: 'Period' },
  printed: { nb: 'Skrevet ut', en: 'Printed' },
  organization: { nb: 'org.nr.', en: 'org. no.' },
  empty: { nb: 'Ingen bevegelser i perioden.', en: 'No movements in the period.' },
  first: { nb: 'Første side', en: 'First page' },
  earlier: { nb: 'Forrige side', en: 'Previous page' },
  later: { nb: 'Neste side', en: 'Next page' },
  last: { nb: 'Siste side', en: 'Last page' },
  reference: { nb: 'Ref.', en: 'Ref.' },
};

type Say = (text: keyof typeof TEXTS) => string;

/** Kontoutdrag: the lines of an account with running balance, each leading to its entry. */
export function accountLinesPage(lines: AccountLines, language: Language) {
  const say: Say = (text) => TEXTS[text][language];
  const { account, question, subject } = lines;
  const { range } = question;
  const title = `${account.code} ${account.name[language]}`;
  const filters = filterTexts({ codes: [], ranges: [], dimensions: question.dimensions }, language, lines.names);
  const trial = `/client-accounts/${lines.clientAccountId}/trial-balance?date_from=${range.from}&date_to=${range.to}`;
  return page({
    title: `${title} ${subject.name}`,
    language,
    signedIn: true,
    crumbs: [{ text: subject.name }, { text: say('trial'), href: trial }, { text: title }],
    body: (
      <article class="report sheet">
        <header class="report-head">
          <div>
            <h1>{title}</h1>
            <p>
              <span class="subject">{subject.name}</span>
              {subject.organizationNumber &&
                `, ${say('organization')} ${organizationNumberText(subject.organizationNumber)}`}
            </p>
          </div>
          <dl class="facts">
            <dt>{say('period')}</dt>
            <dd>{`${dateText(range.from, language)} – ${dateText(range.to, language)}`}</dd>
            <dt>{say('printed')}</dt>
            <dd>{timeText(lines.printedAt, language)}</dd>
          </dl>
        </header>
        {filters.length > 0 && (
          <div class="report-marks">
            {filters.map((filter) => (
              <p>{filter}</p>
            ))}
          </div>
        )}
        {lines.rows.length === 0 ? (
          <p class="empty">{say('empty')}</p>
        ) : (
          <LinesTable lines={lines} language={language} say={say} />
        )}
        <Pages lines={lines} say={say} />
        <Formats lines={lines} say={say} />
      </article>
    ),
  });
}

function LinesTable({ lines, language, say }: { lines: AccountLines; language: Language; say: Say }) {
  const last = lines.rows.at(-1);
  const { account, question, subject } = lines;
  const number =
    subject.organizationNumber && `, ${say('organization')} ${organizationNumberText(subject.organizationNumber)}`;
  const period = `${dateText(question.range.from, language)} – ${dateText(question.range.to, language)}`;
  const right = [`${account.code} ${account.name[language]}`, period, timeText(lines.printedAt, language)].join(
    '  ·  ',
  );
  return (
    <table class="figures lines">
      <caption class="sr">{say('account')}</caption>
      <thead>
        <PrintHeader left={`${subject.name}${number ?? ''}`} right={right} columns={7} />
        <tr>
          <th scope="col">{say('entry')}</th>
          <th scope="col">{say('date')}</th>
          <th scope="col">{say('text')}</th>
          <th scope="col">{say('vat')}</th>
          {(['debit', 'credit', 'balance'] as const).map((column) => (
            <th scope="col" class="amount">
              {say(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.carried !== null && (
          <Balance text={say('carried')} amount={lines.carried} language={language} say={say} />
        )}
        {lines.rows.map((row) => (
          <Row row={row} lines={lines} language={language} say={say} />
        ))}
        {last && 'line' in last && (
          <Balance text={say('pageEnd')} amount={last.line.balance} language={language} say={say} />
        )}
      </tbody>
    </table>
  );
}

function Row({ row, lines, language, say }: { row: LedgerRow; lines: AccountLines; language: Language; say: Say }) {
  if ('line' in row) return <Line line={row.line} language={language} say={say} />;
  const { section, kind } = row;
  const isOneYear = section.startsAccount && section.to === lines.question.range.to;
  const year = isOneYear ? '' : ` ${dateText(kind === 'opening' ? section.from : section.to, language)}`;
  if (kind === 'opening')
    return <Balance text={say('opening') + year} amount={section.opening} language={language} say={say} />;
  const { debit, credit, closing } = kind === 'total' ? section.total! : section;
  return (
    <tr class="total">
      <th scope="row">{kind === 'total' ? say('total') : say('closing') + year}</th>
      <td class="none" colspan={3} />
      <Amount label={say('debit')} amount={debit} language={language} />
      <Amount label={say('credit')} amount={credit} language={language} />
      <Amount label={say('balance')} amount={closing} language={language} />
    </tr>
  );
}

function Balance(row: { text: string; amount: Ore; language: Language; say: Say }) {
  return (
    <tr class="carried">
      <th scope="row" colspan={6}>
        {row.text}
      </th>
      <Amount label={row.say('balance')} amount={row.amount} language={row.language} />
    </tr>
  );
}

function Amount({ label, amount, language }: { label: string; amount: Ore | null; language: Language }) {
  return (
    <td class={amount === null ? 'amount none' : 'amount'} data-label={label}>
      {amount !== null && amountText(amount, language)}
    </td>
  );
}

function Line({ line, language, say }: { line: LedgerLine; language: Language; say: Say }) {
  const more = [
    ...(line.partner ? [line.partner.name] : []),
    ...line.dimensions.map(({ name }) => name),
    ...(line.documentReference ? [`${say('reference')} ${line.documentReference}`] : []),
  ];
  return (
    <tr>
      <th scope="row">
        <a href={`/journal-entries/${line.entryId}`}>{line.number && entryNumberText(line.number)}</a>
      </th>
      <td class="date" data-label={say('date')}>
        <time datetime={line.date}>{dateText(line.date, language)}</time>
      </td>
      <td class="text">
        {line.text}
        {more.length > 0 && <span class="sub">{more.join(' · ')}</span>}
      </td>
      <td class={line.taxCode ? '' : 'none'} data-label={say('vat')}>
        {line.taxCode}
        {line.taxAmount !== null && <span class="sub amount">{amountText(line.taxAmount, language)}</span>}
      </td>
      <Amount label={say('debit')} amount={line.debit === 0n ? null : line.debit} language={language} />
      <Amount label={say('credit')} amount={line.credit === 0n ? null : line.credit} language={language} />
      <Amount label={say('balance')} amount={line.balance} language={language} />
    </tr>
  );
}

function Pages({ lines, say }: { lines: AccountLines; say: Say }) {
  const { question, page: number, pages } = lines;
  if (pages === 1) return <></>;
  const at = (page: number | 'last') => {
    const query = new URLSearchParams({ from: question.range.from, to: question.range.to });
    appendDimensions(query, question);
    if (page !== 1) query.append('page', String(page));
    return `/client-accounts/${lines.clientAccountId}/accounts/${encodeURIComponent(question.accountCode)}?${query.toString()}`;
  };
  return (
    <ul class="pages screen">
      {number > 1 && (
        <>
          <li>
            <a href={at(1)}>{say('first')}</a>
          </li>
          <li>
            <a rel="prev" href={at(number - 1)}>
              {say('earlier')}
            </a>
          </li>
        </>
      )}
      <li>{`${number} / ${pages}`}</li>
      {number < pages && (
        <>
          <li>
            <a rel="next" href={at(number + 1)}>
              {say('later')}
            </a>
          </li>
          <li>
            <a href={at('last')}>{say('last')}</a>
          </li>
        </>
      )}
    </ul>
  );
}

/** The account's whole general ledger of the period, in each format. */
function Formats({ lines, say }: { lines: AccountLines; say: Say }) {
  const { question, clientAccountId } = lines;
  const at = (format: string) => {
    const query = new URLSearchParams({
      client_account_id: String(clientAccountId),
      start_date: question.range.from,
      end_date: question.range.to,
      account_codes: question.accountCode,
    });
    appendDimensions(query, question);
    query.append('format', format);
    return `/api/v2/reports/general-ledger?${query.toString()}`;
  };
  return (
    <ul class="pages screen" aria-label={say('ledger')}>
      <li>{say('ledger')}</li>
      {(['html', 'pdf', 'excel'] as const).map((format) => (
        <li>
          <a href={at(format)}>{FORMATS[format]}</a>
        </li>
      ))}
    </ul>
  );
}

const FORMATS = { html: 'HTML', pdf: 'PDF', excel: 'Excel' };

function appendDimensions(query: URLSearchParams, { dimensions }: AccountLines['question']): void {
  for (const { type, ids } of dimensions) for (const id of ids) query.append('dimensions', `${type},${id}`);
}
