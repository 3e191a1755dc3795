import type { ReceivedInvoiceView } from '../../invoices/index.ts';
import type { AppError, Language } from '../../platform/errors.ts';
import { dateText, timeText } from '../../reports/index.ts';
import { clientAccountPage } from '../page-layout.tsx';
import { money } from './invoice-parts.tsx';
import { CHANNEL_WORDS, KIND_WORDS, RECEIVED_WORDS, wordOf } from './invoice-texts.ts';
import { invoicesPath } from './invoices-page.tsx';

const TEXTS = {
  title: { nb: 'Mottatt faktura', en: 'Received invoice' },
  invoices: { nb: 'Fakturaer', en: 'Invoices' },
  supplier: { nb: 'Leverandør', en: 'Supplier' },
  unknown: { nb: 'ukjent', en: 'unknown' },
  choose: { nb: 'velg leverandør', en: 'choose a supplier' },
  number: { nb: 'Nummer', en: 'Number' },
  date: { nb: 'Dato', en: 'Date' },
  due: { nb: 'Forfall', en: 'Due' },
  amount: { nb: 'Beløp', en: 'Amount' },
  net: { nb: 'Beløp uten mva', en: 'Amount without VAT' },
  came: { nb: 'Mottatt', en: 'Received' },
  state: { nb: 'Status', en: 'State' },
  file: { nb: 'Fakturaen som den kom', en: 'The invoice as it came' },
  document: { nb: 'Bilag', en: 'Journal entry' },
  findings: { nb: 'Det den bryter', en: 'What it breaks' },
  booking: { nb: 'Bokføring', en: 'Booking' },
  text: { nb: 'Tekst', en: 'Text' },
  account: { nb: 'Konto', en: 'Account' },
  vat: { nb: 'Mva-kode', en: 'VAT code' },
  why: { nb: 'Hvorfor', en: 'Why' },
  line: { nb: 'linje', en: 'line' },
  payTo: { nb: 'Betales til', en: 'Paid to' },
  strange: {
    nb: 'Kontonummeret er ikke leverandørens kjente.',
    en: 'The account number is none that the supplier is known by.',
  },
  prepare: { nb: 'Klargjør', en: 'Prepare' },
  approve: { nb: 'Godkjenn og bokfør', en: 'Approve and post' },
  reject: { nb: 'Avvis', en: 'Reject' },
  reason: { nb: 'Begrunnelse', en: 'Reason' },
};

export interface ReceivedInvoicePage {
  language: Language;
  account: { id: number; name: string };
  received: ReceivedInvoiceView;
  suppliers: { id: number; name: string }[];
  /** The document that it became. */
  entryId: number | null;
  refusal: AppError | null;
}

type Say = (text: keyof typeof TEXTS) => string;

/** A received invoice: its content, its broken rules, its booking, and the possible actions. */
export function receivedInvoicePage(parts: ReceivedInvoicePage) {
  const { language, account, received, entryId, refusal } = parts;
  const say: Say = (text) => TEXTS[text][language];
  const { status, suggestion } = received;
  const title = `${received.kind === null ? say('title') : wordOf(KIND_WORDS, received.kind, language)} ${received.document_number ?? ''}`;
  const path = `/received-invoices/${received.id}`;
  const facts: [string, string | null][] = [
    [say('supplier'), [received.supplier_name ?? say('unknown'), received.supplier_number].filter(Boolean).join(', ')],
    [say('date'), received.document_date && dateText(received.document_date, language)],
    [say('due'), received.due_date && dateText(received.due_date, language)],
    [say('amount'), money(received.gross_amount, received.currency_code, language)],
    [
      say('came'),
      `${timeText(new Date(received.received_at), language)}, ${wordOf(CHANNEL_WORDS, received.channel, language)}`,
    ],
    [say('payTo'), suggestion?.payee_account ?? null],
    [say('state'), wordOf(RECEIVED_WORDS, status, language)],
    [say('reason'), received.reject_reason],
  ];
  const canPrepare = status === 'NEW' || status === 'MANUAL' || status === 'PREPARED';
  return clientAccountPage({
    title,
    language,
    account,
    refusal,
    between: [{ text: say('invoices'), href: invoicesPath(account.id) }],
    body: (
      <>
        {suggestion?.payee_account_is_known === false && (
          <div class="message" role="alert">
            <p>{say('strange')}</p>
          </div>
        )}
        <section class="sheet">
          <dl class="facts">
            {facts.map(
              ([name, value]) =>
                value && (
                  <div>
                    <dt>{name}</dt>
                    <dd class="text">{value}</dd>
                  </div>
                ),
            )}
          </dl>
          <p>
            <a href={`/api/v2/files/${received.file_id}/download`}>{say('file')}</a>
            {entryId !== null && ' · '}
            {entryId !== null && <a href={`/journal-entries/${entryId}`}>{say('document')}</a>}
          </p>
          {status === 'PREPARED' && (
            <form class="search" method="post" action={`${path}/approve`}>
              <button type="submit">{say('approve')}</button>
            </form>
          )}
        </section>
        {received.findings.length > 0 && (
          <section class="sheet" aria-labelledby="findings">
            <h2 id="findings">{say('findings')}</h2>
            <ul>
              {received.findings.slice(0, 100).map((finding) => (
                <li class="text">{`${finding.rule}: ${finding[language]}`}</li>
              ))}
            </ul>
          </section>
        )}
        {canPrepare && <Booking {...parts} say={say} path={path} />}
        {status !== 'APPROVED' && status !== 'REJECTED' && (
          <section class="sheet" aria-label={say('reject')}>
            <form class="search" method="post" action={`${path}/reject`}>
              <label class="field">
                {say('reason')}
                <input type="text" name="reason" maxlength={1000} required />
              </label>
              <button type="submit">{say('reject')}</button>
            </form>
          </section>
        )}
      </>
    ),
  });
}

/** The suggestion, to be corrected by the user; for an unreadable file, an empty form to fill in. */
function Booking({ language, received, suppliers, say, path }: ReceivedInvoicePage & { say: Say; path: string }) {
  const { suggestion } = received;
  const chosen = received.business_partner_id ?? suggestion?.business_partner_id ?? null;
  return (
    <section class="sheet" aria-labelledby="booking">
      <h2 id="booking">{say('booking')}</h2>
      <form method="post" action={`${path}/prepare`}>
        <div class="search">
          <label class="field">
            {say('supplier')}
            <select name="business_partner_id" required>
              <option value="">{say('choose')}</option>
              {suppliers.map(({ id, name }) => (
                <option value={String(id)} selected={id === chosen}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          {suggestion === null && (
            <>
              <label class="field">
                {say('number')}
                <input
                  type="text"
                  name="document_number"
                  maxlength={70}
                  value={received.document_number ?? ''}
                  required
                />
              </label>
              <label class="field">
                {say('date')}
                <input type="date" name="document_date" value={received.document_date ?? ''} required />
              </label>
              <label class="field">
                {say('due')}
                <input type="date" name="due_date" value={received.due_date ?? ''} />
              </label>
              <label class="field">
                {say('account')}
                <input type="text" name="account_0" maxlength={20} required />
              </label>
              <label class="field">
                {say('net')}
                <input type="text" name="amount" inputmode="decimal" maxlength={20} required />
              </label>
              <label class="field">
                {say('vat')}
                <input type="text" name="tax_code" maxlength={10} />
              </label>
            </>
          )}
        </div>
        {suggestion !== null && (
          <table class="figures lines">
            <thead>
              <tr>
                <th scope="col">{say('text')}</th>
                <th scope="col">{say('account')}</th>
                <th scope="col">{say('vat')}</th>
                <th scope="col" class="amount">
                  {say('net')}
                </th>
                <th scope="col">{say('why')}</th>
              </tr>
            </thead>
            <tbody>
              {suggestion.lines.map((line, i) => (
                <tr>
                  <th scope="row" class="text">
                    {line.description}
                  </th>
                  <td data-label={say('account')}>
                    <input
                      type="text"
                      name={`account_${i}`}
                      value={line.account_code ?? ''}
                      maxlength={20}
                      size={8}
                      required
                      aria-label={`${say('account')}, ${say('line')} ${i + 1}`}
                    />
                  </td>
                  <td data-label={say('vat')}>{line.tax_code ?? ''}</td>
                  <td data-label={say('net')} class="amount">
                    {money(line.amount, suggestion.currency_code, language)}
                  </td>
                  <td data-label={say('why')} class="text">
                    {language === 'nb' ? line.reason_nb : line.reason_en}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <p>
          <button type="submit">{say('prepare')}</button>
        </p>
      </form>
    </section>
  );
}
