import type { DocumentView } from '../../banking/index.ts';
import type { InTrayView, ReceivedInvoiceView } from '../../invoices/index.ts';
import type { AppError, Language } from '../../platform/errors.ts';
import { dateText } from '../../reports/index.ts';
import { clientAccountPage } from '../page-layout.tsx';
import { pageOf, Pager } from '../pager.tsx';
import { money } from './invoice-parts.tsx';
import { CHANNEL_WORDS, KIND_WORDS, PAYMENT_WORDS, RECEIVED_WORDS, wordOf } from './invoice-texts.ts';

const TEXTS = {
  title: { nb: 'Fakturaer', en: 'Invoices' },
  lead: {
    nb: 'Fakturaer som er mottatt, klargjøres, godkjennes og bokføres her; egne fakturaer sendes herfra.',
    en: 'Invoices that came in are prepared, approved and posted here; one’s own are sent from here.',
  },
  received: { nb: 'Mottatt', en: 'Received' },
  noReceived: { nb: 'Ingen mottatte fakturaer.', en: 'No invoices were received.' },
  address: { nb: 'Adresse for fakturaer på e-post', en: 'Address for invoices by mail' },
  noAddress: { nb: 'ingen ennå', en: 'none yet' },
  makeAddress: { nb: 'Lag adresse', en: 'Make an address' },
  otherAddress: { nb: 'Bytt adresse', en: 'Change the address' },
  otherNote: {
    nb: 'Det som sendes til den gamle adressen, tas ikke inn lenger.',
    en: 'What is mailed to the old address is not taken in any more.',
  },
  day: { nb: 'Mottatt', en: 'Received' },
  supplier: { nb: 'Leverandør', en: 'Supplier' },
  unknown: { nb: 'ukjent', en: 'unknown' },
  number: { nb: 'Nummer', en: 'Number' },
  due: { nb: 'Forfall', en: 'Due' },
  amount: { nb: 'Beløp', en: 'Amount' },
  way: { nb: 'Kom med', en: 'Came by' },
  state: { nb: 'Status', en: 'State' },
  sent: { nb: 'Egne fakturaer', en: 'Own invoices' },
  noSent: { nb: 'Ingen fakturaer ennå.', en: 'No invoices yet.' },
  date: { nb: 'Dato', en: 'Date' },
  customer: { nb: 'Kunde', en: 'Customer' },
};

export interface InvoicesPage {
  language: Language;
  account: { id: number; name: string };
  inTray: InTrayView;
  received: { data: ReceivedInvoiceView[]; meta: { page: number; pages: number } };
  sent: { data: DocumentView[]; meta: { page: number; pages: number } };
  /** Names of the customers, by id. */
  partners: ReadonlyMap<number, string>;
  refusal: AppError | null;
}

export function invoicesPath(clientAccountId: number): string {
  return `/client-accounts/${clientAccountId}/invoices`;
}

/** Fakturaer: the in-tray, and the sales invoices. */
export function invoicesPage({ language, account, inTray, received, sent, partners, refusal }: InvoicesPage) {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  return clientAccountPage({
    title: say('title'),
    lead: say('lead'),
    language,
    account,
    refusal,
    body: (
      <>
        <section class="sheet" aria-labelledby="received">
          <h2 id="received">{say('received')}</h2>
          {inTray.is_connected && (
            <form class="search" method="post" action={`${invoicesPath(account.id)}/address`}>
              <dl class="facts">
                <div>
                  <dt>{say('address')}</dt>
                  <dd class="text">{inTray.address ?? say('noAddress')}</dd>
                </div>
              </dl>
              <button type="submit">{say(inTray.address ? 'otherAddress' : 'makeAddress')}</button>
              {inTray.address && <p class="lead">{say('otherNote')}</p>}
            </form>
          )}
          {received.data.length === 0 ? (
            <p class="empty">{say('noReceived')}</p>
          ) : (
            <table class="figures lines">
              <thead>
                <tr>
                  <th scope="col">{say('day')}</th>
                  <th scope="col">{say('supplier')}</th>
                  <th scope="col">{say('number')}</th>
                  <th scope="col">{say('due')}</th>
                  <th scope="col" class="amount">
                    {say('amount')}
                  </th>
                  <th scope="col">{say('way')}</th>
                  <th scope="col">{say('state')}</th>
                </tr>
              </thead>
              <tbody>
                {received.data.map((one) => (
                  <tr>
                    <th scope="row" class="date">
                      {dateText(one.received_at.slice(0, 10), language)}
                    </th>
                    <td data-label={say('supplier')} class="text">
                      <a href={`/received-invoices/${one.id}`}>{one.supplier_name ?? say('unknown')}</a>
                    </td>
                    <td data-label={say('number')}>{one.document_number ?? ''}</td>
                    <td data-label={say('due')}>{one.due_date ? dateText(one.due_date, language) : ''}</td>
                    <td data-label={say('amount')} class="amount">
                      {money(one.gross_amount, one.currency_code, language)}
                    </td>
                    <td data-label={say('way')}>{wordOf(CHANNEL_WORDS, one.channel, language)}</td>
                    <td data-label={say('state')} class="text">
                      {wordOf(RECEIVED_WORDS, one.status, language)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          <Pager at={pageOf('received')} meta={received.meta} language={language} />
        </section>
        <section class="sheet" aria-labelledby="sent">
          <h2 id="sent">{say('sent')}</h2>
          {sent.data.length === 0 ? (
            <p class="empty">{say('noSent')}</p>
          ) : (
            <table class="figures lines">
              <thead>
                <tr>
                  <th scope="col">{say('date')}</th>
                  <th scope="col">{say('number')}</th>
                  <th scope="col">{say('customer')}</th>
                  <th scope="col">{say('due')}</th>
                  <th scope="col" class="amount">
                    {say('amount')}
                  </th>
                  <th scope="col">{say('state')}</th>
                </tr>
              </thead>
              <tbody>
                {sent.data.map((document) => (
                  <tr>
                    <th scope="row" class="date">
                      {dateText(document.document_date, language)}
                    </th>
                    <td data-label={say('number')}>
                      <a href={`/invoices/${document.id}`}>
                        {`${wordOf(KIND_WORDS, document.document_type, language)} ${document.document_number ?? ''}`.trim()}
                      </a>
                    </td>
                    <td data-label={say('customer')} class="text">
                      {partners.get(document.business_partner_id ?? 0) ?? ''}
                    </td>
                    <td data-label={say('due')}>{document.due_date ? dateText(document.due_date, language) : ''}</td>
                    <td data-label={say('amount')} class="amount">
                      {money(document.gross_amount, document.currency_code, language)}
                    </td>
                    <td data-label={say('state')}>{wordOf(PAYMENT_WORDS, document.payment_status, language)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          <Pager at={pageOf('sent')} meta={sent.meta} language={language} />
        </section>
      </>
    ),
  });
}
