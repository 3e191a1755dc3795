import { randomUUID } from 'node:crypto';
import { parseAmount } from '../../kernel/money.ts';
import type { OrderView, PaymentDesk } from '../../payments/index.ts';
import type { Language } from '../../platform/errors.ts';
import { amountText, dateText, timeText } from '../../reports/index.ts';
import { clientAccountPage } from '../page-layout.tsx';
import { ORDER_WORDS } from './payment-texts.ts';

const TEXTS = {
  title: { nb: 'Betalinger', en: 'Payments' },
  lead: {
    nb: 'Regninger som forfaller, samles i en ordre, godkjennes og sendes til banken.',
    en: 'Bills that fall due are gathered into an order, approved and sent to the bank.',
  },
  due: { nb: 'Å betale', en: 'To be paid' },
  noneDue: { nb: 'Ingen regninger å betale.', en: 'No bills to be paid.' },
  more: { nb: 'Flere regninger forfaller senere.', en: 'More bills are due later.' },
  until: { nb: 'Med forfall til og med', en: 'Due until' },
  from: { nb: 'Fra konto', en: 'From account' },
  prepare: { nb: 'Lag betalingsordre', en: 'Prepare a payment order' },
  orders: { nb: 'Betalingsordrer', en: 'Payment orders' },
  noOrders: { nb: 'Ingen betalingsordrer ennå.', en: 'No payment orders yet.' },
  dueDate: { nb: 'Forfall', en: 'Due' },
  creditor: { nb: 'Mottaker', en: 'Creditor' },
  number: { nb: 'Nummer', en: 'Number' },
  account: { nb: 'Konto', en: 'Account' },
  amount: { nb: 'Beløp', en: 'Amount' },
  note: { nb: 'Merknad', en: 'Note' },
  made: { nb: 'Laget', en: 'Prepared' },
  count: { nb: 'Betalinger', en: 'Payments' },
  state: { nb: 'Status', en: 'State' },
  order: { nb: 'Ordre', en: 'Order' },
  silent: {
    nb: 'Banken {bic} har ikke levert noen fil siste bankdag.',
    en: 'The bank {bic} delivered no file on the last banking day.',
  },
};

export interface PaymentsPage {
  language: Language;
  clientAccountId: number;
  desk: PaymentDesk;
  payable: {
    data: {
      document_id: number;
      due_date: string;
      creditor_name: string;
      document_number: string | null;
      account_numbers: string[];
      amount: string;
      currency_code: string;
      payment_order_id: number | null;
      problem: string | null;
    }[];
    has_more: boolean;
  };
  orders: OrderView[];
  deliveries: { bic: string; is_silent: boolean; provider_problem: string | null }[];
  dueUntil: string;
}

/** Betalinger: what is owed, what is on its way, and whether the bank is heard of. */
export function paymentsPage(parts: PaymentsPage) {
  const { language, desk, clientAccountId, payable, orders, deliveries, dueUntil } = parts;
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const alarms = deliveries.flatMap(({ bic, is_silent, provider_problem }) => [
    ...(is_silent ? [say('silent').replace('{bic}', bic)] : []),
    ...(provider_problem === null ? [] : [provider_problem]),
  ]);
  const unpaid = payable.data.filter(({ payment_order_id }) => payment_order_id === null);
  return clientAccountPage({
    title: say('title'),
    lead: say('lead'),
    language,
    account: { id: clientAccountId, name: desk.name },
    body: (
      <>
        {alarms.length > 0 && (
          <div class="message" role="alert">
            {alarms.map((alarm) => (
              <p>{alarm}</p>
            ))}
          </div>
        )}
        <section class="sheet" aria-labelledby="due">
          <h2 id="due">{say('due')}</h2>
          {desk.accounts.length > 0 && (
            <form class="search" method="post" action={`/client-accounts/${clientAccountId}/payments`}>
              <input type="hidden" name="key" value={randomUUID()} />
              <label class="field">
                {say('from')}
                <select name="bank_account_id">
                  {desk.accounts.map(({ id, name, number }) => (
                    <option value={String(id)}>{`${name} ${number}`}</option>
                  ))}
                </select>
              </label>
              <label class="field">
                {say('until')}
                <input type="date" name="due_until" value={dueUntil} required />
              </label>
              <button type="submit">{say('prepare')}</button>
            </form>
          )}
          {unpaid.length === 0 ? (
            <p class="empty">{say('noneDue')}</p>
          ) : (
            <table class="figures lines">
              <thead>
                <tr>
                  <th scope="col">{say('dueDate')}</th>
                  <th scope="col">{say('creditor')}</th>
                  <th scope="col">{say('number')}</th>
                  <th scope="col">{say('account')}</th>
                  <th scope="col" class="amount">
                    {say('amount')}
                  </th>
                  <th scope="col">{say('note')}</th>
                </tr>
              </thead>
              <tbody>
                {unpaid.map((bill) => (
                  <tr>
                    <th scope="row" class="date">
                      {dateText(bill.due_date, language)}
                    </th>
                    <td data-label={say('creditor')} class="text">
                      {bill.creditor_name}
                    </td>
                    <td data-label={say('number')}>{bill.document_number ?? ''}</td>
                    <td data-label={say('account')}>{bill.account_numbers.join(', ')}</td>
                    <td
                      data-label={say('amount')}
                      class="amount"
                    >{`${amountText(parseAmount(bill.amount)!, language)}${bill.currency_code === 'NOK' ? '' : ` ${bill.currency_code}`}`}</td>
                    <td data-label={say('note')} class="text">
                      {bill.problem ?? ''}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {payable.has_more && <p class="lead">{say('more')}</p>}
        </section>
        <section class="sheet" aria-labelledby="orders">
          <h2 id="orders">{say('orders')}</h2>
          {orders.length === 0 ? (
            <p class="empty">{say('noOrders')}</p>
          ) : (
            <table class="figures lines">
              <thead>
                <tr>
                  <th scope="col">{say('order')}</th>
                  <th scope="col">{say('made')}</th>
                  <th scope="col" class="amount">
                    {say('count')}
                  </th>
                  <th scope="col" class="amount">
                    {say('amount')}
                  </th>
                  <th scope="col">{say('state')}</th>
                </tr>
              </thead>
              <tbody>
                {orders.map((order) => (
                  <tr>
                    <th scope="row">
                      <a href={`/payment-orders/${order.id}`}>{order.message_id}</a>
                    </th>
                    <td data-label={say('made')}>{timeText(new Date(order.prepared_at), language)}</td>
                    <td data-label={say('count')} class="amount">
                      {order.payment_count}
                    </td>
                    <td data-label={say('amount')} class="amount">
                      {amountText(parseAmount(order.total_amount)!, language)}
                    </td>
                    <td data-label={say('state')}>{ORDER_WORDS[order.status]?.[language] ?? order.status}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
      </>
    ),
  });
}
