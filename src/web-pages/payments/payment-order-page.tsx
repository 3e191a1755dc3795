import { parseAmount } from '../../kernel/money.ts';
import type { OrderView, PaymentDesk, PaymentView } from '../../payments/index.ts';
import type { AppError, Language } from '../../platform/errors.ts';
import { amountText, dateText, timeText } from '../../reports/index.ts';
import { page } from '../page-layout.tsx';
import { Pager } from '../pager.tsx';
import { Refusal } from '../refusal.tsx';
import { EVENT_WORDS, ORDER_WORDS } from './payment-texts.ts';

const TEXTS = {
  title: { nb: 'Betalingsordre', en: 'Payment order' },
  payments: { nb: 'Betalinger', en: 'Payments' },
  state: { nb: 'Status', en: 'State' },
  from: { nb: 'Fra konto', en: 'From account' },
  total: { nb: 'Sum', en: 'Total' },
  fourEyes: { nb: 'Godkjennes av en annen', en: 'Approved by somebody else' },
  yes: { nb: 'ja', en: 'yes' },
  no: { nb: 'nei', en: 'no' },
  approve: { nb: 'Godkjenn', en: 'Approve' },
  cancel: { nb: 'Kanseller', en: 'Cancel' },
  reason: { nb: 'Begrunnelse', en: 'Reason' },
  file: { nb: 'Betalingsfil (pain.001)', en: 'Payment file (pain.001)' },
  happened: { nb: 'Hendelser', en: 'Events' },
  day: { nb: 'Betales', en: 'To be paid' },
  creditor: { nb: 'Mottaker', en: 'Creditor' },
  account: { nb: 'Konto', en: 'Account' },
  reference: { nb: 'KID eller melding', en: 'KID or message' },
  amount: { nb: 'Beløp', en: 'Amount' },
};

export interface PaymentOrderPage {
  language: Language;
  clientAccountId: number;
  desk: PaymentDesk;
  order: OrderView;
  payments: { data: PaymentView[]; meta: { page: number; pages: number } };
  events: {
    at: string;
    event: string;
    bank_status: string | null;
    reason: { message: string; bank_text: string | null } | null;
  }[];
  /** Why what was just asked for was not done. */
  refusal: AppError | null;
}

/** Betalingsordre: its payments, how far each has come, and what can be done with it. */
export function paymentOrderPage(parts: PaymentOrderPage) {
  const { language, clientAccountId, desk, order, payments, events, refusal } = parts;
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const title = `${say('title')} ${order.message_id}`;
  const isOpen = order.status === 'PREPARED' || (order.status === 'APPROVED' && order.send_problem === null);
  const hasFile = order.approved_at !== null && order.status !== 'CANCELLED';
  return page({
    title: `${title} ${desk.name}`,
    language,
    signedIn: true,
    crumbs: [
      { text: desk.name, href: `/client-accounts/${clientAccountId}/trial-balance` },
      { text: say('payments'), href: `/client-accounts/${clientAccountId}/payments` },
      { text: order.message_id },
    ],
    body: (
      <div class="wrap">
        <h1>{title}</h1>
        <Refusal refusal={refusal} language={language} />
        {[order.reason?.message, order.reason?.bank_text, order.send_problem?.message].some(Boolean) && (
          <div class="message">
            {[order.reason?.message, order.reason?.bank_text, order.send_problem?.message].map(
              (text) => text && <p>{text}</p>,
            )}
          </div>
        )}
        <section class="sheet">
          <dl class="facts">
            <div>
              <dt>{say('state')}</dt>
              <dd>{ORDER_WORDS[order.status]?.[language] ?? order.status}</dd>
            </div>
            <div>
              <dt>{say('from')}</dt>
              <dd>{`${order.debtor_account} (${order.debtor_bic})`}</dd>
            </div>
            <div>
              <dt>{say('total')}</dt>
              <dd>{amountText(parseAmount(order.total_amount)!, language)}</dd>
            </div>
            <div>
              <dt>{say('fourEyes')}</dt>
              <dd>{say(order.four_eyes ? 'yes' : 'no')}</dd>
            </div>
          </dl>
          {order.status === 'PREPARED' && (
            <form class="search" method="post" action={`/payment-orders/${order.id}/approve`}>
              <button type="submit">{say('approve')}</button>
            </form>
          )}
          {isOpen && (
            <form class="search" method="post" action={`/payment-orders/${order.id}/cancel`}>
              <label class="field">
                {say('reason')}
                <input type="text" name="reason" maxlength={500} />
              </label>
              <button type="submit">{say('cancel')}</button>
            </form>
          )}
          {hasFile && (
            <p>
              <a href={`/api/v2/payment-orders/${order.id}/file`}>{say('file')}</a>
            </p>
          )}
        </section>
        <section class="sheet" aria-labelledby="payments">
          <h2 id="payments">{say('payments')}</h2>
          <table class="figures lines">
            <thead>
              <tr>
                <th scope="col">{say('day')}</th>
                <th scope="col">{say('creditor')}</th>
                <th scope="col">{say('account')}</th>
                <th scope="col">{say('reference')}</th>
                <th scope="col" class="amount">
                  {say('amount')}
                </th>
                <th scope="col">{say('state')}</th>
              </tr>
            </thead>
            <tbody>
              {payments.data.map((payment) => (
                <tr>
                  <th scope="row" class="date">
                    {dateText(payment.execution_date, language)}
                  </th>
                  <td data-label={say('creditor')} class="text">
                    {payment.creditor_name}
                  </td>
                  <td data-label={say('account')}>{payment.creditor_account}</td>
                  <td data-label={say('reference')}>{payment.payment_reference ?? payment.message ?? ''}</td>
                  <td data-label={say('amount')} class="amount">
                    {amountText(parseAmount(payment.amount)!, language)}
                  </td>
                  <td data-label={say('state')} class="text">
                    {[ORDER_WORDS[payment.status]?.[language], payment.reason?.message].filter(Boolean).join(': ')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Pager meta={payments.meta} language={language} />
        </section>
        <section class="sheet" aria-labelledby="events">
          <h2 id="events">{say('happened')}</h2>
          <ul>
            {events.map(({ at, event, bank_status, reason }) => (
              <li>
                {[
                  timeText(new Date(at), language),
                  EVENT_WORDS[event]?.[language] ?? event,
                  bank_status,
                  reason?.message,
                  reason?.bank_text,
                ]
                  .filter(Boolean)
                  .join(' – ')}
              </li>
            ))}
          </ul>
        </section>
      </div>
    ),
  });
}
