import { SaxesParser } from 'saxes';
import { Random } from '../../crash/random.ts';

export interface EnvelopeAnswer {
  status: number;
  text: string;
}

export interface EnvelopeFuzz {
  /** Our well-formed calls; each request is one of them with a few changes. */
  valid: readonly string[];
  /** Words to insert: keys and names of other client accounts. */
  foreign: readonly string[];
  /** Text that no response may contain. */
  hidden: readonly string[];
  count: number;
  seed: number;
  post(envelope: Buffer): Promise<EnvelopeAnswer>;
  /** Errors of the server itself that were logged since the last call. */
  takeErrors(): string[];
  progress?(sent: number): void;
}

export interface EnvelopeResult {
  answers: Record<string, number>;
  failures: { what: string; envelope: string }[];
}

const MOST_FAILURES = 20;

const WORDS = [
  '',
  ' ',
  '0',
  '-1',
  '99999999999999999999',
  'NaN',
  "' or 1=1 --",
  '%',
  'null',
  '\u0000',
  '\ufffd\ud83d\ude00',
  '&#0;',
  '&#x110000;',
  '&amp;',
  '&lol;',
  '<!DOCTYPE a [<!ENTITY x "y">]>',
  '<![CDATA[',
  ']]>',
  '<!--',
  '<?xml version="1.0" encoding="UTF-16"?>',
  '<a href="#id0" id="id0"/>',
  'xsi:nil="true"',
  'xsi:type="xsd:int"',
  'xmlns="urn:x"',
  'x'.repeat(5_000),
  '<a>'.repeat(60),
];

/** Sends mutated envelopes and reports invalid responses: a crash, a status without its body, data of another company. */
export async function fuzzEnvelopes(options: EnvelopeFuzz): Promise<EnvelopeResult> {
  const random = new Random(options.seed);
  const result: EnvelopeResult = { answers: {}, failures: [] };
  const words = [...WORDS, ...options.foreign];
  for (let sent = 0; sent < options.count && result.failures.length < MOST_FAILURES; sent++) {
    let text = options.valid[random.below(options.valid.length)]!;
    for (let changes = 1 + random.below(4); changes > 0; changes--) text = changed(text, words, random);
    const bytes = Buffer.from(text);
    // Occasionally a byte that is not a valid character.
    if (bytes.length > 0 && random.below(10) === 0) bytes[random.below(bytes.length)] = random.below(256);
    const answer = await options.post(bytes);
    const kind = `${answer.status} ${/<faultcode>[^<]*:(\w+)<|<return[^>]*>(ERROR|OK)/.exec(answer.text)?.slice(1).find(Boolean) ?? 'struct'}`;
    result.answers[kind] = (result.answers[kind] ?? 0) + 1;
    const what = faultOf(answer, options);
    if (what !== null) result.failures.push({ what, envelope: text.slice(0, 2_000) });
    if (sent % 500 === 0) options.progress?.(sent);
  }
  return result;
}

function faultOf({ status, text }: EnvelopeAnswer, { hidden, takeErrors }: EnvelopeFuzz): string | null {
  const errors = takeErrors();
  if (errors.length > 0) return `logged: ${errors[0]!.slice(0, 500)}`;
  if (![200, 413, 415, 500].includes(status)) return `status ${status}`;
  const isFault = /:Fault>/.test(text) && /<faultstring>[^<]+<\/faultstring>/.test(text);
  if ((status === 200) === isFault)
    return `status ${status} with ${isFault ? 'a fault' : 'no fault'}: ${text.slice(0, 300)}`;
  if (status === 200 && !/<return[ >]/.test(text)) return `an answer without a return: ${text.slice(0, 300)}`;
  if (/<faultcode>[^<]*Server</.test(text)) return `a fault of the server: ${text.slice(0, 300)}`;
  if (/\bat .+:\d+:\d+|node_modules|node:|select |relation "/.test(text))
    return `the inside shows: ${text.slice(0, 300)}`;
  const shown = hidden.find((word) => text.includes(word));
  if (shown !== undefined) return `somebody else’s data: ${shown}`;
  return unreadable(text);
}

function unreadable(text: string): string | null {
  let fault: string | null = null;
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => (fault ??= `no XML: ${error.message}`));
  parser.write(text).close();
  return fault;
}

function changed(text: string, words: readonly string[], random: Random): string {
  const word = words[random.below(words.length)]!;
  const at = random.below(text.length + 1);
  const length = 1 + random.below(random.below(4) === 0 ? 200 : 12);
  const tags = [...text.matchAll(/<[^<>]{1,200}>/g)];
  const tag = tags[random.below(Math.max(tags.length, 1))];
  const values = [...text.matchAll(/>([^<>]{1,200})</g)];
  const value = values[random.below(Math.max(values.length, 1))];
  switch (random.below(9)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + text.slice(at, at + length).repeat(2 + random.below(3)) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + word + text.slice(at);
    case 3:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
    case 4:
      return random.below(4) === 0 ? text.slice(0, at) : text;
    case 5:
      return tag ? text.slice(0, tag.index) + text.slice(tag.index + tag[0].length) : text;
    case 6:
      return tag ? text.slice(0, tag.index) + tag[0] + text.slice(tag.index) : text;
    default:
      return value ? text.slice(0, value.index + 1) + word + text.slice(value.index + 1 + value[1]!.length) : text;
  }
}
