import { parseAmount } from '../../kernel/money.ts';
import type { BankTransactionView } from '../../banking/index.ts';
import type { ClientOrganization } from '../../integrations/index.ts';
import type { Language } from '../../platform/errors.ts';
import { amountText, dateText } from '../../reports/index.ts';
import { clientAccountPage } from '../page-layout.tsx';
import { Pager } from '../pager.tsx';

const TEXTS = {
  title: { nb: 'Banktransaksjoner', en: 'Bank transactions' },
  lead: {
    nb: 'Det bankene har meldt, nyeste først. Filene hentes av seg selv der banken er tilkoblet.',
    en: 'What the banks have told, newest first. Files are fetched by themselves where the bank is connected.',
  },
  none: { nb: 'Ingen banktransaksjoner ennå.', en: 'No bank transactions yet.' },
  date: { nb: 'Bokført i banken', en: 'Booked by the bank' },
  party: { nb: 'Motpart', en: 'Counterparty' },
  text: { nb: 'Tekst', en: 'Text' },
  amount: { nb: 'Beløp', en: 'Amount' },
  settles: { nb: 'Gjør opp', en: 'Settles' },
  toBanks: { nb: 'Banker som er tilkoblet', en: 'Banks that are connected' },
};

const WORDS = {
  earlier: { nb: 'Nyere', en: 'Newer' },
  later: { nb: 'Eldre', en: 'Older' },
};

export interface BankTransactionsPage {
  language: Language;
  account: ClientOrganization;
  transactions: { data: BankTransactionView[]; meta: { page: number; pages: number } };
}

export function bankTransactionsPath(clientAccountId: number): string {
  return `/client-accounts/${clientAccountId}/bank-transactions`;
}

/** Banktransaksjoner: what came in and went out, and what it has settled. */
export function bankTransactionsPage({ language, account, transactions }: BankTransactionsPage) {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const { data, meta } = transactions;
  return clientAccountPage({
    title: say('title'),
    lead: say('lead'),
    language,
    account,
    body: (
      <>
        <p>
          <a href={`/client-accounts/${account.id}/integrations/banks`}>{say('toBanks')}</a>
        </p>
        <section class="sheet">
          {data.length === 0 ? (
            <p class="empty">{say('none')}</p>
          ) : (
            <table class="figures lines">
              <caption class="sr">{say('title')}</caption>
              <thead>
                <tr>
                  <th scope="col">{say('date')}</th>
                  <th scope="col">{say('party')}</th>
                  <th scope="col">{say('text')}</th>
                  <th scope="col" class="amount">
                    {say('amount')}
                  </th>
                  <th scope="col">{say('settles')}</th>
                </tr>
              </thead>
              <tbody>
                {data.map((transaction) => (
                  <Transaction transaction={transaction} language={language} say={say} />
                ))}
              </tbody>
            </table>
          )}
          <Pager meta={meta} language={language} words={WORDS} withPosition />
        </section>
      </>
    ),
  });
}

function Transaction({
  transaction,
  language,
  say,
}: {
  transaction: BankTransactionView;
  language: Language;
  say: (text: keyof typeof TEXTS) => string;
}) {
  const { booking_date: day, amount, currency_code: currency, memo, bank_reference: reference } = transaction;
  const isOut = amount.startsWith('-');
  const settled = transaction.reconciled_documents ?? [];
  return (
    <tr>
      <th scope="row" class="date">
        {day ? dateText(day, language) : ''}
      </th>
      <td data-label={say('party')} class="text">
        {(isOut ? transaction.payee_name : transaction.payor_name) ?? ''}
      </td>
      <td data-label={say('text')} class="text">
        {memo ?? reference ?? ''}
      </td>
      <td data-label={say('amount')} class="amount">
        {amountText(parseAmount(amount)!, language)}
        {currency === 'NOK' ? '' : ` ${currency}`}
      </td>
      <td data-label={say('settles')} class="text">
        {settled.map(({ document_number: number, id }) => number ?? String(id)).join(', ')}
      </td>
    </tr>
  );
}
