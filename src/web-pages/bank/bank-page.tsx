import type { BankOverview, ClientOrganization } from '../../integrations/index.ts';
import type { AppError, Language } from '../../platform/errors.ts';
import { clientAccountPage } from '../page-layout.tsx';

const TEXTS = {
  title: { nb: 'Banker', en: 'Banks' },
  lead: {
    nb: 'Slå på en bank, send den signerte avtalen, og kontoutskriftene kommer av seg selv. Integrasjonen koster så lenge en bank er slått på.',
    en: 'Switch a bank on, send the signed agreement, and the statements come by themselves. The integration is paid for while a bank is on.',
  },
  none: {
    nb: 'Klientkontoen har ingen bankkonto i en bank som kan tilkobles.',
    en: 'The client account has no bank account at a bank that can be connected.',
  },
  live: { nb: 'Slått på og tilkoblet', en: 'On and connected' },
  waiting: { nb: 'Slått på, ikke tilkoblet ennå', en: 'On, not connected yet' },
  standing: { nb: 'Slått av, avtalen gjelder i banken', en: 'Off, the agreement stands at the bank' },
  off: { nb: 'Slått av', en: 'Off' },
  carrier: { nb: 'Filer formidles av', en: 'Files are carried by' },
  accounts: { nb: 'Kontoer', en: 'Accounts' },
  remains: { nb: 'Dette gjenstår', en: 'What remains' },
  form: { nb: 'Last ned avtaleskjemaet (PDF)', en: 'Download the agreement form (PDF)' },
  enable: { nb: 'Slå på', en: 'Switch on' },
  disable: { nb: 'Slå av', en: 'Switch off' },
  divisionNumber: { nb: 'Divisjonsnummer i DNB', en: 'Division number at DNB' },
  divisionName: { nb: 'Divisjonsnavn', en: 'Division name' },
  noAccount: { nb: 'Ingen aktiv konto i banken.', en: 'No active account at the bank.' },
};

const STEP = {
  done: { nb: 'gjort', en: 'done' },
  current: { nb: 'neste', en: 'next' },
  waiting: { nb: 'senere', en: 'later' },
  failed: { nb: 'avvist', en: 'rejected' },
};

const ACCOUNT = {
  not_requested: { nb: 'ikke bestilt', en: 'not requested' },
  requested: { nb: 'bestilt', en: 'requested' },
  ready: { nb: 'klar', en: 'ready' },
  rejected: { nb: 'avvist', en: 'rejected' },
  ended: { nb: 'avsluttet', en: 'ended' },
};

type Say = (text: keyof typeof TEXTS) => string;

export interface BankPage {
  language: Language;
  account: ClientOrganization;
  banks: readonly BankOverview[];
  /** Why the last wish was not fulfilled. */
  refusal: AppError | undefined;
}

export function banksPath(clientAccountId: number): string {
  return `/client-accounts/${clientAccountId}/integrations/banks`;
}

export function bankPage({ language, account, banks, refusal }: BankPage) {
  const say: Say = (text) => TEXTS[text][language];
  return clientAccountPage({
    title: say('title'),
    lead: say('lead'),
    language,
    account,
    body: (
      <>
        {refusal && <Refusal refusal={refusal} language={language} />}
        {banks.length === 0 && <p class="empty">{say('none')}</p>}
        {banks.map((bank) => (
          <Bank bank={bank} clientAccountId={account.id} language={language} say={say} />
        ))}
      </>
    ),
  });
}

function Refusal({ refusal, language }: { refusal: AppError; language: Language }) {
  return (
    <div class="message" role="alert">
      {refusal.fields.length === 0 && <p>{refusal.sentence(language)}</p>}
      {refusal.fields.length > 0 && (
        <ul>
          {refusal.fields.map(({ path, problem }) => (
            <li>{`${fieldName(path, language)} ${problem[language]}`}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function fieldName(path: string, language: Language): string {
  if (path.endsWith('division_number')) return TEXTS.divisionNumber[language];
  return path.endsWith('division_name') ? TEXTS.divisionName[language] : path;
}

interface BankPart {
  bank: BankOverview;
  clientAccountId: number;
  language: Language;
  say: Say;
}

function Bank({ bank, clientAccountId, language, say }: BankPart) {
  const { isActive, isConnected } = bank;
  const state = isActive ? (isConnected ? 'live' : 'waiting') : isConnected ? 'standing' : 'off';
  return (
    <section class="part" aria-labelledby={`bank-${bank.bic}`}>
      <h2 id={`bank-${bank.bic}`}>{bank.name}</h2>
      <dl class="trail">
        <div>
          <dt>BIC</dt>
          <dd>{bank.bic}</dd>
        </div>
        <div>
          <dt>{language === 'nb' ? 'Status' : 'State'}</dt>
          <dd>{say(state)}</dd>
        </div>
        <div>
          <dt>{say('carrier')}</dt>
          <dd>{bank.provider}</dd>
        </div>
        <div>
          <dt>{say('accounts')}</dt>
          <dd>{bank.accounts.map(({ name }) => name).join(', ') || say('noAccount')}</dd>
        </div>
      </dl>
      <Remaining bank={bank} language={language} say={say} />
      <Switch bank={bank} clientAccountId={clientAccountId} say={say} />
    </section>
  );
}

function Remaining({ bank, language, say }: Omit<BankPart, 'clientAccountId'>) {
  const { remaining, isActive, isConnected } = bank;
  if (!('state' in remaining)) return null;
  if (!isActive && !isConnected) return null;
  const nameOf = (id: number) => bank.accounts.find((account) => account.id === id)?.name ?? '';
  return (
    <div>
      <h3>{say('remains')}</h3>
      <p>{remaining.message}</p>
      {isActive && (
        <ol>
          {remaining.steps.map((step) => (
            <li aria-current={step.state === 'current' ? 'step' : undefined}>
              {`${step.title} `}
              <span class="sub">{STEP[step.state][language]}</span>
            </li>
          ))}
        </ol>
      )}
      {isActive && (
        <ul>
          {remaining.accounts.map((account) => (
            <li>
              {`${nameOf(account.bank_account_id)}: ${ACCOUNT[account.state][language]}`}
              {account.reason && <span class="sub">{account.reason}</span>}
            </li>
          ))}
        </ul>
      )}
      {isActive && remaining.documents.length > 0 && (
        <p>
          <a class="button" href={bank.formAddress} download>
            {say('form')}
          </a>
        </p>
      )}
    </div>
  );
}

function Switch({ bank, clientAccountId, say }: Omit<BankPart, 'language'>) {
  if (!bank.isActive && !bank.hasActiveAccount) return null;
  return (
    <form class="search" method="post" action={`${banksPath(clientAccountId)}/${bank.bic}`}>
      <input type="hidden" name="is_active" value={bank.isActive ? '0' : '1'} />
      {!bank.isActive && bank.division && (
        <>
          <label class="field">
            {say('divisionNumber')}
            <input type="text" name="division_number" required maxlength={35} value={bank.division.number} />
          </label>
          <label class="field">
            {say('divisionName')}
            <input type="text" name="division_name" required maxlength={35} value={bank.division.name} />
          </label>
        </>
      )}
      <button type="submit">
        {say(bank.isActive ? 'disable' : 'enable')}
        <span class="sr">{` ${bank.name}`}</span>
      </button>
    </form>
  );
}
