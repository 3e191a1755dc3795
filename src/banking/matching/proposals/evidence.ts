import { nullable, type Static, strict, Type } from '../../../platform/http/schema.ts';

/**
 * Reasons for a proposal. `certain`: an identifier that we issued was returned. `strong`: two facts that do not agree by
 * chance. `medium` and `weak` are left to a person.
 */
export const STRENGTHS = { certain: 100, strong: 80, medium: 60, weak: 30 } as const;
export type Strength = keyof typeof STRENGTHS;

export const EVIDENCE = {
  end_to_end_id: { strength: 'certain', nb: 'Ende-til-ende-id er vår betaling', en: 'End-to-end id is our payment' },
  payment_batch: {
    strength: 'certain',
    nb: 'Id-en er en bunt av våre betalinger',
    en: 'The id is that of a batch of our payments',
  },
  kid: { strength: 'certain', nb: 'KID og beløp stemmer', en: 'KID and amount agree' },
  kid_other_amount: { strength: 'strong', nb: 'KID stemmer, beløpet ikke', en: 'KID agrees, the amount does not' },
  kid_already_paid: {
    strength: 'strong',
    nb: 'KID hører til en betalt post',
    en: 'KID belongs to an item that is paid',
  },
  batch: {
    strength: 'certain',
    nb: 'Betalingene i bunten er bokført hver for seg',
    en: 'The payments of the batch are posted one by one',
  },
  returned: {
    strength: 'certain',
    nb: 'Retur av en betaling med samme id',
    en: 'Return of a payment with the same id',
  },
  partner_account: {
    strength: 'strong',
    nb: 'Kontonummeret er partnerens, og beløpet stemmer',
    en: 'The account number is the partner’s and the amount agrees',
  },
  document_number: {
    strength: 'strong',
    nb: 'Dokumentnummeret står i teksten',
    en: 'The document number is in the text',
  },
  name: {
    strength: 'medium',
    nb: 'Navnet er partnerens, og beløpet stemmer',
    en: 'The name is the partner’s and the amount agrees',
  },
  amount_date: { strength: 'weak', nb: 'Beløp og dato stemmer', en: 'Amount and date agree' },
  only_one_that_day: {
    strength: 'strong',
    nb: 'Eneste bevegelse med beløpet den dagen, på begge sider',
    en: 'The only movement of that amount that day, on both sides',
  },
  only_one_in_window: {
    strength: 'strong',
    nb: 'Eneste bevegelse med beløpet innen noen dager, på begge sider',
    en: 'The only movement of that amount within days, on both sides',
  },
  posted_reference: {
    strength: 'certain',
    nb: 'Bokført betaling med samme referanse',
    en: 'A posted payment with the same reference',
  },
  sum_of_items: {
    strength: 'medium',
    nb: 'Flere åpne poster gir beløpet',
    en: 'Several open items add up to the amount',
  },
  sum_of_transactions: {
    strength: 'medium',
    nb: 'Flere transaksjoner gir beløpet',
    en: 'Several transactions add up to the amount',
  },
  day_total: {
    strength: 'medium',
    nb: 'Dagens summer er like på begge sider',
    en: 'The totals of the day are equal on both sides',
  },
  same_count_that_day: {
    strength: 'strong',
    nb: 'Like mange bevegelser med beløpet den dagen, på begge sider',
    en: 'As many movements of that amount that day, on both sides',
  },
  statement: { strength: 'strong', nb: 'Slik er transaksjonen forklart', en: 'What a person said the transaction is' },
  own_account: {
    strength: 'strong',
    nb: 'Lik og motsatt på en annen egen konto',
    en: 'Equal and opposite on another own account',
  },
  rule: { strength: 'strong', nb: 'Regel', en: 'Rule' },
  history: {
    strength: 'medium',
    nb: 'Slik ble kontonummeret bokført sist',
    en: 'How this account number was posted last',
  },
  currency_amount: { strength: 'strong', nb: 'Valutabeløpet stemmer', en: 'The amount in its currency agrees' },
  account_changed: {
    strength: 'weak',
    nb: 'Leverandøren har hatt et annet kontonummer',
    en: 'The supplier has had another account number',
  },
} as const satisfies Record<string, { strength: Strength; nb: string; en: string }>;
export type EvidenceCode = keyof typeof EVIDENCE;

export const EvidenceView = strict({
  code: Type.Enum(Object.keys(EVIDENCE) as EvidenceCode[]),
  strength: Type.Enum(Object.keys(STRENGTHS) as Strength[]),
  /** The matching value: the KID, the number found, the name. */
  value: nullable(Type.String()),
});
export type Evidence = Static<typeof EvidenceView>;

export function evidence(code: EvidenceCode, value: string | null = null): Evidence {
  return { code, strength: EVIDENCE[code].strength, value };
}

/** The strongest counts; each further one adds a little, never as much as the next strength. */
export function scoreOf(found: readonly Evidence[]): number {
  const strongest = Math.max(0, ...found.map(({ strength }) => STRENGTHS[strength]));
  return Math.min(100, strongest + 3 * Math.max(0, found.length - 1));
}
