import { createHash } from 'node:crypto';
import type { Child } from 'hono/jsx';
import { EFFECTS, type Fault } from '../faults.ts';
import type { JournalEntry } from '../journal.ts';
import type { PartyState, Sandbox } from '../sandbox.ts';
import { STYLE } from './style.ts';
import { EFFECT_TEXTS, type Language, TEXTS } from './texts.ts';

export interface Shown {
  language: Language;
  /** Goes with every form: another page of this browser does not know it. */
  ticket: string;
  /** What was done; null where nothing was. */
  message: { text: string; isFault: boolean } | null;
  /** The journal of this party alone. */
  only: string | null;
}

const JOURNAL_LENGTH = 60;
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** Everything that the sandbox is and that can be asked of it, as forms; without a script. */
export function controlPage(sandbox: Sandbox, shown: Shown): string {
  const { language, message } = shown;
  const say = sayIn(language);
  return page(
    language,
    <>
      {message && (
        <div class="message" role={message.isFault ? 'alert' : 'status'}>
          {message.text}
        </div>
      )}
      <Clock now={sandbox.time.now()} {...shown} />
      <section id="parties">
        <h2>{say('parties')}</h2>
        {sandbox.parties.map((party) => (
          <Party party={party} {...shown} />
        ))}
      </section>
      <FaultList faults={sandbox.faults} parties={sandbox.parties} {...shown} />
      <JournalList entries={sandbox.journal.entries} parties={sandbox.parties} {...shown} />
      <section id="reset">
        <h2>{say('reset')}</h2>
        <p class="quiet">{say('resetLead')}</p>
        <Form doing="reset" {...shown}>
          <button type="submit">{say('reset')}</button>
        </Form>
      </section>
    </>,
    true,
  );
}

/** What an action gave back. */
export function resultPage(language: Language, title: string, result: unknown): string {
  const say = sayIn(language);
  return page(
    language,
    <section>
      <h2>
        {say('result')}: {title}
      </h2>
      <pre>{JSON.stringify(result, null, 2)}</pre>
      <p>
        <a href={`/?lang=${language}`}>{say('back')}</a>
      </p>
    </section>,
  );
}

function sayIn(language: Language) {
  return (text: keyof typeof TEXTS): string => TEXTS[text][language];
}

function page(language: Language, body: Child, withContents = false): string {
  const say = sayIn(language);
  const other = language === 'nb' ? 'en' : 'nb';
  const html = (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{say('title')}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <a class="skip" href="#content">
          {say('skip')}
        </a>
        <header>
          <h1>{say('title')}</h1>
          <a href={`/?lang=${other}`} hreflang={other} lang={other}>
            {say('other')}
          </a>
          <p class="lead">{say('lead')}</p>
        </header>
        {withContents && (
          <nav aria-label={say('contents')}>
            <ul>
              {(['clock', 'parties', 'faults', 'journal', 'reset'] as const).map((part) => (
                <li>
                  <a href={`#${part}`}>{say(part)}</a>
                </li>
              ))}
            </ul>
          </nav>
        )}
        <main id="content">{body}</main>
      </body>
    </html>
  );
  // A node of the library is text once it is asked for it.
  return `<!DOCTYPE html>${(html as { toString(): string }).toString()}`;
}

function Form({ doing, language, ticket, children }: Shown & { doing: string; children?: Child }) {
  return (
    <form method="post" action="/do">
      <input type="hidden" name="do" value={doing} />
      <input type="hidden" name="lang" value={language} />
      <input type="hidden" name="ticket" value={ticket} />
      {children}
    </form>
  );
}

function Clock({ now, ...shown }: Shown & { now: Date }) {
  const say = sayIn(shown.language);
  const steps = [
    ['minute', 60],
    ['hour', 3_600],
    ['day', 86_400],
  ] as const;
  return (
    <section id="clock">
      <h2>{say('clock')}</h2>
      <Form doing="set-clock" {...shown}>
        <label>
          {say('time')}
          <input type="text" name="time" value={now.toISOString()} size={26} required />
        </label>
        <button type="submit">{say('set')}</button>
      </Form>
      <Form doing="advance" {...shown}>
        <label>
          {say('seconds')}
          <input type="number" name="seconds" value="60" required />
        </label>
        <button type="submit">{say('advance')}</button>
      </Form>
      {steps.map(([text, seconds]) => (
        <Form doing="advance" {...shown}>
          <input type="hidden" name="seconds" value={String(seconds)} />
          <button type="submit">{say(text)}</button>
        </Form>
      ))}
    </section>
  );
}

function Party({ party: { name, address, now, ahead, actions }, ...shown }: Shown & { party: PartyState }) {
  const say = sayIn(shown.language);
  const offered = actions.filter((action) => action.name !== 'rotate' && action.help !== null);
  return (
    <div class="party">
      <h3 id={`party-${name}`}>{name}</h3>
      <p class="quiet">
        <a href={address}>{address}</a> · {now.toISOString()}
      </p>
      <Form doing="skew" {...shown}>
        <input type="hidden" name="party" value={name} />
        <label>
          {say('skew')}
          <input type="number" name="seconds" value={String(ahead)} aria-describedby={`party-${name}`} required />
        </label>
        <button type="submit" aria-describedby={`party-${name}`}>
          {say('change')}
        </button>
      </Form>
      {actions.some((action) => action.name === 'rotate') && (
        <Form doing="rotate" {...shown}>
          <input type="hidden" name="party" value={name} />
          <label class="check">
            <input type="checkbox" name="keepOld" value="1" checked />
            {say('keepOld')}
          </label>
          <button type="submit" aria-describedby={`party-${name}`}>
            {say('rotate')}
          </button>
        </Form>
      )}
      {offered.length > 0 && (
        <details>
          <summary>
            {say('actions')} – {name}
          </summary>
          {offered.map((action) => (
            <Form doing="act" {...shown}>
              <input type="hidden" name="party" value={name} />
              <input type="hidden" name="action" value={action.name} />
              <label class="wide">
                {action.help![shown.language]} ({action.name}) – {say('input')}
                <textarea name="input" rows={2}>
                  {JSON.stringify(action.help!.example ?? {})}
                </textarea>
              </label>
              <button type="submit">
                {say('run')} {action.name}
              </button>
            </Form>
          ))}
        </details>
      )}
    </div>
  );
}

function FaultList({
  faults,
  parties,
  ...shown
}: Shown & { faults: readonly (Fault & { id: number; done: number })[]; parties: readonly PartyState[] }) {
  const say = sayIn(shown.language);
  const number = (name: string, text: keyof typeof TEXTS, more: object = {}) => (
    <label>
      {say(text)}
      <input type="number" name={name} min="0" {...more} />
    </label>
  );
  return (
    <section id="faults">
      <h2>{say('faults')}</h2>
      {faults.length === 0 && <p>{say('noFaults')}</p>}
      <ul class="list">
        {faults.map((fault) => (
          <li>
            #{fault.id} <b>{fault.party}</b> {fault.method ?? ''} <code>{fault.path ?? ''}</code>{' '}
            {fault.organization ?? ''} {EFFECT_TEXTS[fault.effect.kind]?.[shown.language]}{' '}
            <code>{JSON.stringify(fault.effect)}</code>, {say('hits').replace('{n}', String(fault.done))}
            {fault.times === undefined ? '' : ` / ${fault.times}`}
            <Form doing="end-fault" {...shown}>
              <input type="hidden" name="id" value={String(fault.id)} />
              <button type="submit">
                {say('endFault')} #{fault.id}
              </button>
            </Form>
          </li>
        ))}
      </ul>
      <h3>{say('addFault')}</h3>
      <Form doing="fault" {...shown}>
        <label>
          {say('party')}
          <select name="party">
            {parties.map(({ name }) => (
              <option value={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          {say('method')}
          <select name="method">
            <option value="">{say('all')}</option>
            {['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => (
              <option>{method}</option>
            ))}
          </select>
        </label>
        <label class="wide">
          {say('path')}
          <input type="text" name="path" maxlength={200} />
        </label>
        <label>
          {say('effect')}
          <select name="kind">
            {EFFECTS.map((kind) => (
              <option value={kind}>{EFFECT_TEXTS[kind]?.[shown.language]}</option>
            ))}
          </select>
        </label>
        {number('status', 'status', { min: '200', max: '599', value: '503' })}
        {number('times', 'times', { value: '1' })}
        <details>
          <summary>…</summary>
          <label>
            {say('organization')}
            <input type="text" name="organization" inputmode="numeric" pattern="[0-9]{9}" />
          </label>
          {number('skip', 'skipFirst')}
          {number('percent', 'percent', { max: '100' })}
          <label>
            {say('retryAfter')}
            <input type="text" name="retryAfter" pattern="[0-9]+|date" />
          </label>
          {number('ms', 'ms', { value: '3000' })}
          <label class="check">
            <input type="checkbox" name="inBody" value="1" />
            {say('inBody')}
          </label>
          <label>
            {say('contentType')}
            <input type="text" name="type" value="text/html" />
          </label>
          {number('bytes', 'bytes', { value: '50000000' })}
        </details>
        <button type="submit">{say('addFault')}</button>
      </Form>
    </section>
  );
}

function JournalList({
  entries,
  parties,
  language,
  only,
}: Shown & { entries: readonly JournalEntry[]; parties: readonly PartyState[] }) {
  const say = sayIn(language);
  const last = entries
    .filter((entry) => only === null || entry.party === only)
    .slice(-JOURNAL_LENGTH)
    .toReversed();
  return (
    <section id="journal">
      <h2>{say('journal')}</h2>
      <p class="quiet">{say('journalLead')}</p>
      <form method="get" action="/#journal">
        <input type="hidden" name="lang" value={language} />
        <label>
          {say('party')}
          <select name="party">
            <option value="">{say('all')}</option>
            {parties.map(({ name }) => (
              <option value={name} selected={name === only}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">{say('show')}</button>
      </form>
      {last.length === 0 && <p>{say('noJournal')}</p>}
      <ol class="list">
        {last.map(({ at, party: of, method, path, query, fault, rule, note }) => (
          <li>
            <span class="quiet">{at?.slice(11, 23)}</span> <b>{of}</b>{' '}
            {method ? (
              <code>
                {method} {path}
                {query ? `?${query}` : ''}
              </code>
            ) : (
              note
            )}{' '}
            {fault ? `→ ${EFFECT_TEXTS[fault]?.[language] ?? fault} (#${rule})` : ''}
          </li>
        ))}
      </ol>
    </section>
  );
}
