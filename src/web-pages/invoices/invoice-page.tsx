import type { DocumentView } from '../../banking/index.ts';
import type { DeliveryView } from '../../invoices/index.ts';
import type { AppError, Language } from '../../platform/errors.ts';
import { dateText, timeText } from '../../reports/index.ts';
import { clientAccountPage } from '../page-layout.tsx';
import { money } from './invoice-parts.tsx';
import { CHANNEL_WORDS, DELIVERY_WORDS, KIND_WORDS, PAYMENT_WORDS, wordOf } from './invoice-texts.ts';
import { invoicesPath } from './invoices-page.tsx';

const TEXTS = {
  invoices: { nb: 'Fakturaer', en: 'Invoices' },
  customer: { nb: 'Kunde', en: 'Customer' },
  date: { nb: 'Dato', en: 'Date' },
  due: { nb: 'Forfall', en: 'Due' },
  amount: { nb: 'Beløp', en: 'Amount' },
  state: { nb: 'Status', en: 'State' },
  kid: { nb: 'KID', en: 'KID' },
  pdf: { nb: 'Fakturaen som PDF', en: 'The invoice as PDF' },
  entry: { nb: 'Bilag', en: 'Journal entry' },
  send: { nb: 'Send', en: 'Send' },
  mail: { nb: 'Send på e-post', en: 'Send by e-mail' },
  deliveries: { nb: 'Sendt', en: 'Sent' },
  none: { nb: 'Ikke sendt.', en: 'Not sent.' },
  route: { nb: 'Hvorfor denne veien', en: 'Why this way' },
};

export interface InvoicePage {
  language: Language;
  account: { id: number; name: string };
  document: DocumentView;
  customer: string;
  deliveries: DeliveryView[];
  refusal: AppError | null;
}

/** The page of a sales invoice: its facts, its deliveries, and the button that sends it. */
export function invoicePage({ language, account, document, customer, deliveries, refusal }: InvoicePage) {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const title = `${wordOf(KIND_WORDS, document.document_type, language)} ${document.document_number ?? ''}`.trim();
  const isUnderWay = deliveries.some(({ status }) => status !== 'FAILED');
  const path = `/invoices/${document.id}`;
  return clientAccountPage({
    title,
    language,
    account,
    refusal,
    between: [{ text: say('invoices'), href: invoicesPath(account.id) }],
    body: (
      <>
        <section class="sheet">
          <dl class="facts">
            <div>
              <dt>{say('customer')}</dt>
              <dd>{customer}</dd>
            </div>
            <div>
              <dt>{say('date')}</dt>
              <dd>{dateText(document.document_date, language)}</dd>
            </div>
            {document.due_date && (
              <div>
                <dt>{say('due')}</dt>
                <dd>{dateText(document.due_date, language)}</dd>
              </div>
            )}
            <div>
              <dt>{say('amount')}</dt>
              <dd>{money(document.gross_amount, document.currency_code, language)}</dd>
            </div>
            {document.payment_reference && (
              <div>
                <dt>{say('kid')}</dt>
                <dd>{document.payment_reference}</dd>
              </div>
            )}
            <div>
              <dt>{say('state')}</dt>
              <dd>{wordOf(PAYMENT_WORDS, document.payment_status, language)}</dd>
            </div>
          </dl>
          <p>
            <a href={`/api/v2/documents/${document.id}/pdf`}>{say('pdf')}</a>
            {document.journal_entry_id !== null && ' · '}
            {document.journal_entry_id !== null && (
              <a href={`/journal-entries/${document.journal_entry_id}`}>{say('entry')}</a>
            )}
          </p>
          {document.document_status === 'POSTED' && !isUnderWay && (
            <form class="search" method="post" action={`${path}/send`}>
              <button type="submit">{say('send')}</button>
              <button type="submit" name="channel" value="EMAIL">
                {say('mail')}
              </button>
            </form>
          )}
        </section>
        <section class="sheet" aria-labelledby="deliveries">
          <h2 id="deliveries">{say('deliveries')}</h2>
          {deliveries.length === 0 && <p class="empty">{say('none')}</p>}
          <ul>
            {deliveries.map(({ created_at, channel, status, recipient, reason, route }) => (
              <li class="text">
                {[
                  timeText(new Date(created_at), language),
                  wordOf(CHANNEL_WORDS, channel, language),
                  wordOf(DELIVERY_WORDS, status, language),
                  recipient,
                  reason,
                ]
                  .filter(Boolean)
                  .join(' – ')}
                {route.length > 0 && (
                  <details>
                    <summary>{say('route')}</summary>
                    <ul>
                      {route.map((step) => (
                        <li>{`${wordOf(CHANNEL_WORDS, step.channel, language)}: ${step[language]}`}</li>
                      ))}
                    </ul>
                  </details>
                )}
              </li>
            ))}
          </ul>
        </section>
      </>
    ),
  });
}
