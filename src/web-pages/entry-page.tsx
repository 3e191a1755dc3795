import { ownValue } from '../kernel/own-value.ts';
import type { Child } from 'hono/jsx';
import { type Ore, parseAmount } from '../kernel/money.ts';
import type { EntryView } from '../ledger/index.ts';
import type { Language } from '../platform/errors.ts';
import { amountText, dateText, type EntryLabel, type EntryTrail, timeText } from '../reports/index.ts';
import { page } from './page-layout.tsx';

const TEXTS = {
  entry: { nb: 'Bilag', en: 'Journal entry' },
  draft: { nb: 'Utkast', en: 'Draft' },
  draftMark: { nb: 'Utkast – ikke bokført', en: 'Draft – not posted' },
  date: { nb: 'Bilagsdato', en: 'Entry date' },
  text: { nb: 'Tekst', en: 'Text' },
  period: { nb: 'Periode', en: 'Period' },
  postedAt: { nb: 'Bokført', en: 'Posted' },
  createdBy: { nb: 'Av', en: 'By' },
  source: { nb: 'Kilde', en: 'Source' },
  order: { nb: 'Bokføringsnummer', en: 'Posting number' },
  sealed: { nb: 'Forseglet', en: 'Sealed' },
  sealedIn: { nb: 'i blokk', en: 'in block' },
  notSealed: { nb: 'ikke ennå', en: 'not yet' },
  reference: { nb: 'Referanse', en: 'Reference' },
  cancels: { nb: 'Reverserer bilag', en: 'Cancels entry' },
  cancelledBy: { nb: 'Reversert av bilag', en: 'Cancelled by entry' },
  reason: { nb: 'Begrunnelse', en: 'Reason' },
  lines: { nb: 'Linjer', en: 'Lines' },
  account: { nb: 'Konto', en: 'Account' },
  vat: { nb: 'Mva', en: 'VAT' },
  vatOf: { nb: 'mva av linje', en: 'VAT of line' },
  debit: { nb: 'Debet', en: 'Debit' },
  credit: { nb: 'Kredit', en: 'Credit' },
  total: { nb: 'Sum', en: 'Total' },
  due: { nb: 'forfall', en: 'due' },
  paymentReference: { nb: 'KID', en: 'payment ref.' },
  documentReference: { nb: 'ref.', en: 'ref.' },
  rate: { nb: 'kurs', en: 'rate' },
  documents: { nb: 'Dokumenter', en: 'Documents' },
  noDocuments: { nb: 'Ingen dokumenter er knyttet til bilaget.', en: 'No documents are linked to the entry.' },
  problems: { nb: 'Kan ikke bokføres ennå', en: 'Cannot be posted yet' },
};

type Say = (text: keyof typeof TEXTS) => string;

const SOURCES: Record<string, { nb: string; en: string }> = {
  manual: { nb: 'registrert for hånd', en: 'entered by hand' },
  cancellation: { nb: 'reversering', en: 'cancellation' },
  import: { nb: 'import', en: 'import' },
  'saf-t': { nb: 'SAF-T-import', en: 'SAF-T import' },
};

/** Bilag: a journal entry with its lines, its control trail and its documents. */
export function entryPage(entry: EntryView, trail: EntryTrail, language: Language) {
  const say: Say = (text) => TEXTS[text][language];
  const title = entry.is_draft
    ? say('draft')
    : `${say('entry')} ${entry.series} ${entry.sequence_number}/${entry.fiscal_year}`;
  return page({
    title: `${title} ${trail.subject.name}`,
    language,
    signedIn: true,
    crumbs: [
      { text: trail.subject.name, href: `/client-accounts/${trail.clientAccountId}/trial-balance` },
      { text: title },
    ],
    body: (
      <article class="report sheet">
        <header class="report-head">
          <div>
            <h1>{title}</h1>
            <p>
              <span class="subject">{trail.subject.name}</span>
            </p>
          </div>
          {entry.is_draft && <strong class="mark">{say('draftMark')}</strong>}
        </header>
        <Cancellation entry={entry} trail={trail} say={say} />
        {entry.problems && entry.problems.length > 0 && (
          <div class="message">
            <p>{say('problems')}:</p>
            <ul>
              {entry.problems.map(({ path, problem }) => (
                <li>{`${path}: ${problem}`}</li>
              ))}
            </ul>
          </div>
        )}
        <Facts entry={entry} trail={trail} language={language} say={say} />
        <section>
          <h2 class="sr">{say('lines')}</h2>
          <Lines entry={entry} trail={trail} language={language} say={say} />
        </section>
        <section class="part">
          <h2>{say('documents')}</h2>
          {trail.files.length === 0 ? (
            <p class="lead">{say('noDocuments')}</p>
          ) : (
            <ul class="files">
              {trail.files.map((file) => (
                <li>
                  <a href={`/api/v2/files/${file.id}/download?inline=true`}>{file.name}</a>
                  <span class="sub">{`${file.contentType}, ${sizeText(file.sizeBytes)}`}</span>
                </li>
              ))}
            </ul>
          )}
        </section>
      </article>
    ),
  });
}

function Cancellation({ entry, trail, say }: { entry: EntryView; trail: EntryTrail; say: Say }) {
  if (!trail.cancels && !trail.cancelledBy) return <></>;
  const link = ({ id, series, sequenceNumber, fiscalYear }: EntryLabel) => (
    <a href={`/journal-entries/${id}`}>{`${series} ${sequenceNumber}/${fiscalYear}`}</a>
  );
  return (
    <div class="message">
      {trail.cancels && (
        <p>
          {say('cancels')} {link(trail.cancels)}.
        </p>
      )}
      {trail.cancelledBy && (
        <p>
          {say('cancelledBy')} {link(trail.cancelledBy)}.
        </p>
      )}
      {entry.cancellation_reason && <p>{`${say('reason')}: ${entry.cancellation_reason}`}</p>}
    </div>
  );
}

interface Parts {
  entry: EntryView;
  trail: EntryTrail;
  language: Language;
  say: Say;
}

function Facts({ entry, trail, language, say }: Parts) {
  const source = ownValue(SOURCES, entry.source)?.[language] ?? entry.source;
  return (
    <dl class="trail">
      {entry.entry_date && <Fact name={say('date')}>{dateText(entry.entry_date, language)}</Fact>}
      {entry.memo && <Fact name={say('text')}>{entry.memo}</Fact>}
      {entry.period !== null && <Fact name={say('period')}>{`${entry.period} / ${entry.fiscal_year}`}</Fact>}
      {entry.posted_at && <Fact name={say('postedAt')}>{timeText(new Date(entry.posted_at), language)}</Fact>}
      <Fact name={say('createdBy')}>{trail.createdBy}</Fact>
      <Fact name={say('source')}>{source}</Fact>
      {!entry.is_draft && <Fact name={say('order')}>{String(trail.postingNo)}</Fact>}
      {!entry.is_draft && (
        <Fact name={say('sealed')}>
          {trail.blockNo === null ? say('notSealed') : `${say('sealedIn')} ${trail.blockNo}`}
        </Fact>
      )}
      {entry.document_reference && <Fact name={say('reference')}>{entry.document_reference}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children?: Child }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Lines({ entry, trail, language, say }: Parts) {
  const sum = (side: 'debit' | 'credit') =>
    entry.lines.reduce((total: Ore, line) => total + (parseAmount(line[side]) ?? 0n), 0n);
  return (
    <table class="figures">
      <caption class="sr">{say('lines')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('account')}</th>
          <th scope="col">{say('text')}</th>
          <th scope="col">{say('vat')}</th>
          <th scope="col" class="amount">
            {say('debit')}
          </th>
          <th scope="col" class="amount">
            {say('credit')}
          </th>
        </tr>
      </thead>
      <tbody>
        {entry.lines.map((line) => (
          <Line line={line} trail={trail} language={language} say={say} />
        ))}
        <tr class="total">
          <th scope="row">{say('total')}</th>
          <td class="none" colspan={2} />
          <Amount label={say('debit')} amount={sum('debit')} language={language} />
          <Amount label={say('credit')} amount={sum('credit')} language={language} />
        </tr>
      </tbody>
    </table>
  );
}

function Line({ line, trail, language, say }: Omit<Parts, 'entry'> & { line: EntryView['lines'][number] }) {
  const name = line.account && 'description' in line.account ? line.account.description : null;
  const account = `/client-accounts/${trail.clientAccountId}/accounts/${encodeURIComponent(line.account_code)}?from=${trail.fiscalYear.from}&to=${trail.fiscalYear.to}`;
  const ids = [...(line.business_partner_id ? [line.business_partner_id] : []), ...line.dimensions.map(({ id }) => id)];
  const more = [
    ...ids.map((id) => trail.names.get(id) ?? String(id)),
    ...(line.due_date ? [`${say('due')} ${dateText(line.due_date, language)}`] : []),
    ...(line.payment_reference ? [`${say('paymentReference')} ${line.payment_reference}`] : []),
    ...(line.document_reference ? [`${say('documentReference')} ${line.document_reference}`] : []),
    ...(line.currency_code
      ? [`${line.currency_code} ${line.currency_amount}, ${say('rate')} ${line.exchange_rate}`]
      : []),
  ];
  return (
    <tr id={`line-${line.id}`}>
      <th scope="row">
        <div class="name">
          <a class="code" href={account}>
            {line.account_code}
          </a>
          <span>{typeof name === 'string' && name}</span>
        </div>
      </th>
      <td class={line.memo || more.length > 0 ? 'text' : 'text none'}>
        {line.memo}
        {more.length > 0 && <span class="sub">{more.join(' · ')}</span>}
      </td>
      <td class={line.tax_code || line.base_line_number ? '' : 'none'} data-label={say('vat')}>
        {line.tax_code && `${line.tax_code}${line.tax_rate ? ` (${line.tax_rate.replace(/\.00$/, '')} %)` : ''}`}
        {line.base_line_number && (
          <span class="sub">
            <a href={`#line-${line.base_line_number}`}>{`${say('vatOf')} ${line.base_line_number}`}</a>
          </span>
        )}
      </td>
      <Amount label={say('debit')} amount={parseAmount(line.debit)} language={language} />
      <Amount label={say('credit')} amount={parseAmount(line.credit)} language={language} />
    </tr>
  );
}

function Amount({ label, amount, language }: { label: string; amount: Ore | null; language: Language }) {
  return amount ? (
    <td class="amount" data-label={label}>
      {amountText(amount, language)}
    </td>
  ) : (
    <td class="amount none" />
  );
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
