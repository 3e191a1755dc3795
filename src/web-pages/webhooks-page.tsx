import type { Delivery, Webhook, WebhookTrial } from '../events/index.ts';
import type { ClientOrganization } from '../integrations/index.ts';
import type { Language } from '../platform/errors.ts';
import { timeText } from '../reports/index.ts';
import { clientAccountPage } from './page-layout.tsx';

const TEXTS = {
  title: { nb: 'Webhooks', en: 'Webhooks' },
  lead: {
    nb: 'Adresser som hendelser i klientkontoen leveres til, og hva som ble av dem.',
    en: 'Addresses that events of the client account are delivered to, and what became of them.',
  },
  none: {
    nb: 'Ingen er satt opp. De lages med POST /api/v2/webhooks.',
    en: 'None is set up. They are made with POST /api/v2/webhooks.',
  },
  kinds: { nb: 'Hendelser', en: 'Events' },
  state: { nb: 'Tilstand', en: 'State' },
  failing: { nb: 'Feiler siden', en: 'Failing since' },
  test: { nb: 'Send en prøve', en: 'Send a test' },
  arrived: { nb: 'Prøven kom fram', en: 'The test arrived' },
  lost: { nb: 'Prøven kom ikke fram', en: 'The test did not arrive' },
  deliveries: { nb: 'Siste leveringer', en: 'Last deliveries' },
  noDeliveries: { nb: 'Ingen leveringer ennå.', en: 'No deliveries yet.' },
  event: { nb: 'Hendelse', en: 'Event' },
  outcome: { nb: 'Utfall', en: 'Outcome' },
  answer: { nb: 'Svar', en: 'Answer' },
  attempts: { nb: 'Forsøk', en: 'Attempts' },
  at: { nb: 'Sist forsøkt', en: 'Last attempt' },
};

const STATES = {
  ACTIVE: { nb: 'Aktiv', en: 'Active' },
  PAUSED: { nb: 'Satt på pause', en: 'Paused' },
  DISABLED: { nb: 'Slått av etter feil', en: 'Disabled after failures' },
};

const OUTCOMES = {
  WAITING: { nb: 'Venter', en: 'Waiting' },
  DELIVERED: { nb: 'Levert', en: 'Delivered' },
  FAILED: { nb: 'Oppgitt', en: 'Given up' },
};

type Say = (text: keyof typeof TEXTS) => string;

interface Hook {
  webhook: Webhook;
  deliveries: readonly Delivery[];
  /** Of the test that was just sent. */
  trial: WebhookTrial | undefined;
}

interface WebhooksPage {
  language: Language;
  account: ClientOrganization;
  hooks: readonly Hook[];
}

export function webhooksPage({ language, account, hooks }: WebhooksPage) {
  const say: Say = (text) => TEXTS[text][language];
  return clientAccountPage({
    title: say('title'),
    lead: say('lead'),
    language,
    account,
    body: (
      <>
        {hooks.length === 0 && <p>{say('none')}</p>}
        {hooks.map((hook) => (
          <HookPart {...hook} language={language} say={say} />
        ))}
      </>
    ),
  });
}

function HookPart({ webhook, deliveries, trial, language, say }: Hook & { language: Language; say: Say }) {
  return (
    <section class="part" aria-labelledby={`webhook-${webhook.id}`}>
      <h2 id={`webhook-${webhook.id}`}>{webhook.description ?? new URL(webhook.url).host}</h2>
      <p class="sub">{webhook.url}</p>
      {trial && (
        <div class="message" role={trial.delivered ? 'status' : 'alert'}>
          <p>{`${say(trial.delivered ? 'arrived' : 'lost')} (${trial.answer_status ?? trial.problem}, ${trial.duration_ms} ms)`}</p>
        </div>
      )}
      <dl class="trail">
        <div>
          <dt>{say('state')}</dt>
          <dd>{STATES[webhook.state][language]}</dd>
        </div>
        <div>
          <dt>{say('kinds')}</dt>
          <dd>{webhook.kinds.join(', ')}</dd>
        </div>
        {webhook.failing_since && (
          <div>
            <dt>{say('failing')}</dt>
            <dd>{timeText(new Date(webhook.failing_since), language)}</dd>
          </div>
        )}
      </dl>
      <form method="post" action={`/client-accounts/${webhook.client_account_id}/webhooks/${webhook.id}/test`}>
        <button type="submit">{say('test')}</button>
      </form>
      <h3>{say('deliveries')}</h3>
      {deliveries.length === 0 && <p>{say('noDeliveries')}</p>}
      {deliveries.length > 0 && (
        <table class="figures lines">
          <thead>
            <tr>
              <th scope="col">{say('event')}</th>
              <th scope="col">{say('outcome')}</th>
              <th scope="col">{say('answer')}</th>
              <th scope="col">{say('attempts')}</th>
              <th scope="col">{say('at')}</th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map((one) => (
              <tr>
                <td>{`${one.kind} (${one.position})`}</td>
                <td>{OUTCOMES[one.state][language]}</td>
                <td>{one.answer_status ?? one.problem ?? ''}</td>
                <td>{one.attempts}</td>
                <td>{one.attempted_at && timeText(new Date(one.attempted_at), language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
