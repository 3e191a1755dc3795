import { createHash } from 'node:crypto';
import type { SandboxClock } from '../sandbox-clock.ts';
import { dayOf, isBankDay, nextDay } from './days.ts';
import { type BankAccount, type Booking, camt053, camt054, ocrGiro, pain002, type Verdict } from './messages.ts';
import { type Cents, centsOf } from './money.ts';
import { type ClaimTransmission, mandateFile, readClaimFile } from './claims.ts';
import { type Order, type OrderedPayment, readOrder } from './orders.ts';

export type Provider = 'tietoevry' | 'zdata';

/** A file in a mailbox. */
export interface LaidFile {
  id: string;
  name: string;
  provider: Provider;
  content: Buffer;
  at: Date;
  /** The receiver has acknowledged it. */
  isTaken: boolean;
}

function textOf(input: Record<string, unknown>, name: string): string | null {
  const value = input[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function required(input: Record<string, unknown>, name: string): string {
  const text = textOf(input, name);
  if (text === null) throw new Error(`${name}: a text`);
  return text;
}

/** From an order's arrival to the second report. */
const JUDGED_AFTER_MS = 120_000;
/** When the statements of a day are delivered, on the next one: half past five in the morning. */
const STATEMENTS_AT = 'T04:30:00Z';

interface StandingOrder extends Order {
  provider: Provider;
  at: Date;
  /** Stages already reported: 1 received, 2 accepted. */
  reported: number;
  left: OrderedPayment[];
}

const ACCEPTED: Verdict = { status: 'ACCP', reason: null, text: null };

/**
 * The banks behind the mailboxes: accounts, orders, and the files of each day. The same orders and payments on the same
 * days give the same files, byte for byte.
 */
export class BankLedger {
  readonly #clock: SandboxClock;
  readonly #accounts = new Map<string, BankAccount>();
  readonly #orders: StandingOrder[] = [];
  readonly #known = new Set<string>();
  readonly #expected: (Booking & { to: string })[] = [];
  /** Creditor accounts to which payments are refused, with the reason. */
  readonly #refused = new Map<string, string>();
  /** KIDs whose claims are not paid. */
  readonly #noFundsFor = new Set<string>();
  readonly #booked: { booking: Booking; account: string }[] = [];
  readonly files: LaidFile[] = [];
  #numbers = 0;
  #half: string | null = null;
  #laidAt: Date | null = null;
  #isSilent = false;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  open(input: Record<string, unknown>): { account: string } {
    const number = required(input, 'account');
    this.#accounts.set(number, {
      number,
      bic: textOf(input, 'bic') ?? 'DNBANOKK',
      owner: textOf(input, 'owner') ?? 'Kontoeier',
      organizationNumber: textOf(input, 'organizationNumber'),
      provider: input['provider'] === 'zdata' ? 'zdata' : 'tietoevry',
      balance: centsOf(textOf(input, 'balance') ?? '0'),
      closedUntil: textOf(input, 'closedUntil') ?? this.#dayBefore(),
      statements: 0,
    });
    return { account: number };
  }

  #dayBefore(): string {
    return dayOf(new Date(this.#clock.now().getTime() - 86_400_000));
  }

  /** Money that arrives on a day, by default today. With a KID it is also reported in an OCR file and a camt.054. */
  expect(input: Record<string, unknown>): { expected: number } {
    this.#expected.push({
      to: required(input, 'account'),
      day: textOf(input, 'day') ?? dayOf(this.#clock.now()),
      amount: centsOf(required(input, 'amount')),
      reference: '',
      name: textOf(input, 'name') ?? 'Kunde',
      account: textOf(input, 'from'),
      kid: textOf(input, 'kid'),
      text: textOf(input, 'text'),
      ids: null,
      isReversal: false,
      reason: null,
    });
    return { expected: this.#expected.length };
  }

  /** Payments to this account are refused from now on. */
  refuse(input: Record<string, unknown>): { refused: string } {
    this.#refused.set(required(input, 'account'), textOf(input, 'reason') ?? 'AC04');
    return { refused: required(input, 'account') };
  }

  /** Returns the money of a booked payment. */
  returnPayment(input: Record<string, unknown>): { returned: boolean } {
    const found = this.#booked.find(({ booking }) => booking.ids?.endToEnd === required(input, 'endToEndId'));
    if (!found) throw new Error('no such payment was booked');
    this.#expected.push({
      ...found.booking,
      to: found.account,
      day: dayOf(this.#clock.now()),
      amount: -found.booking.amount,
      isReversal: true,
      reason: textOf(input, 'reason') ?? 'AC04',
    });
    return { returned: true };
  }

  /** Claims of AvtaleGiro, forwarded to the operator: each is paid on its day, unless it is cancelled before. */
  #receiveClaims(text: string): 'taken' | 'duplicate' | 'refused' {
    let transmission: ClaimTransmission;
    try {
      transmission = readClaimFile(text);
    } catch {
      return 'refused';
    }
    const { sender, number, claims, cancellations } = transmission;
    if (this.#known.has(`${sender} ${number}`)) return 'duplicate';
    this.#known.add(`${sender} ${number}`);
    for (const { account, kid, amount, day } of claims)
      if (!this.#noFundsFor.has(kid))
        this.#expected.push({
          to: account,
          day,
          amount,
          reference: '',
          name: 'AvtaleGiro',
          account: null,
          kid,
          text: null,
          ids: null,
          isReversal: false,
          reason: null,
          isClaim: true,
        });
    for (const { account, kid, amount, day } of cancellations) {
      const at = this.#expected.findIndex(
        (each) => each.isClaim && each.to === account && each.kid === kid && each.amount === amount && each.day === day,
      );
      if (at >= 0) this.#expected.splice(at, 1);
    }
    return 'taken';
  }

  /** Claims with this KID are not paid: no funds, or a limit too low. */
  doNotPay(input: Record<string, unknown>): { notPaid: string } {
    this.#noFundsFor.add(required(input, 'kid'));
    return { notPaid: required(input, 'kid') };
  }

  /** Delivers a file of mandates: `kids`, or `mandates` with `notice` and `registration`. */
  mandates(input: Record<string, unknown>): { name: string } {
    const account = required(input, 'account');
    const number = ++this.#numbers;
    const given = Array.isArray(input['mandates']) ? (input['mandates'] as Record<string, unknown>[]) : [];
    const mandates = given.map((each) => ({
      kid: required(each, 'kid'),
      notice: each['notice'] !== false,
      registration: (each['registration'] ?? 1) as 0 | 1 | 2,
    }));
    const name = `mandates-${account}-${number}.txt`;
    this.#laidAt = input['minutesAgo']
      ? new Date(this.#clock.now().getTime() - Number(input['minutesAgo']) * 60_000)
      : null;
    this.#lay(this.#accounts.get(account)?.provider ?? 'tietoevry', name, mandateFile(number, account, mandates));
    this.#laidAt = null;
    return { name };
  }

  /** Receives an order or a file of claims: accepted, refused, or already known. */
  receive(provider: Provider, xml: string): 'taken' | 'duplicate' | 'refused' {
    if (xml.startsWith('NY000010')) return this.#receiveClaims(xml);
    let order: Order;
    try {
      order = readOrder(xml);
    } catch (error) {
      const reason = /^[A-Z]{2}\d{2}/.exec((error as Error).message)?.[0] ?? 'FF01';
      const messageId = /<MsgId>([^<]{1,35})</.exec(xml)?.[1] ?? 'NOTPROVIDED';
      this.#report(
        provider,
        messageId,
        { status: 'RJCT', reason, text: (error as Error).message },
        this.#clock.now(),
        [],
      );
      return 'refused';
    }
    const { messageId, payments } = order;
    if (this.#known.has(messageId)) {
      this.#report(
        provider,
        messageId,
        { status: 'RJCT', reason: 'DU01', text: 'Meldingen er mottatt før' },
        this.#clock.now(),
        [],
      );
      return 'duplicate';
    }
    this.#known.add(messageId);
    if (payments.some(({ debtorAccount }) => !this.#accounts.has(debtorAccount))) {
      this.#report(provider, messageId, { status: 'RJCT', reason: 'AC02', text: null }, this.#clock.now(), []);
      return 'refused';
    }
    this.#report(provider, messageId, { status: 'ACTC', reason: null, text: null }, this.#clock.now(), []);
    this.#orders.push({ ...order, provider, at: this.#clock.now(), reported: 1, left: payments });
    return 'taken';
  }

  /** Everything that is due by the clock: second reports, and statements of past days. */
  advance(): void {
    const now = this.#clock.now().getTime();
    for (const order of this.#orders)
      if (order.reported === 1 && now - order.at.getTime() >= JUDGED_AFTER_MS) this.#judge(order);
    const today = dayOf(this.#clock.now());
    const days = [...this.#accounts.values()].map(({ closedUntil }) => nextDay(closedUntil)).sort();
    for (let day = days[0] ?? today, n = 0; day < today && n < 400; day = nextDay(day), n++)
      if (isBankDay(day)) this.#close(day);
  }

  /** Ends the day at once, whatever the time; `minutesAgo`: the age of its files. */
  closeDay(input: Record<string, unknown>): { day: string } {
    this.#laidAt = input['minutesAgo']
      ? new Date(this.#clock.now().getTime() - Number(input['minutesAgo']) * 60_000)
      : null;
    this.advance();
    for (const order of this.#orders) if (order.reported === 1) this.#judge(order);
    const day = dayOf(this.#clock.now());
    this.#close(day);
    this.#laidAt = null;
    return { day };
  }

  #judge(order: StandingOrder): void {
    order.reported = 2;
    const funds = new Map([...this.#accounts].map(([number, { balance }]) => [number, balance]));
    const verdicts = order.payments.map((payment) => {
      const reason = this.#refused.get(payment.account) ?? this.#noFunds(payment, funds);
      const verdict = reason === null ? ACCEPTED : { status: 'RJCT', reason, text: null };
      return { payment, ...verdict };
    });
    order.left = verdicts.filter(({ status }) => status !== 'RJCT').map(({ payment }) => payment);
    const refused = verdicts.filter(({ status }) => status === 'RJCT');
    const group: Verdict =
      refused.length === 0
        ? ACCEPTED
        : {
            status: refused.length === verdicts.length ? 'RJCT' : 'PART',
            reason: refused.length === verdicts.length ? 'NARR' : null,
            text: null,
          };
    this.#report(
      order.provider,
      order.messageId,
      group,
      new Date(Math.min(order.at.getTime() + JUDGED_AFTER_MS, this.#clock.now().getTime())),
      refused.length === 0
        ? []
        : verdicts.map(({ payment: { batchId, endToEndId, instructionId }, status, reason, text }) => ({
            batchId,
            endToEndId,
            instructionId,
            status,
            reason,
            text,
          })),
    );
  }

  #noFunds({ debtorAccount, amount }: OrderedPayment, funds: Map<string, Cents>): string | null {
    const left = (funds.get(debtorAccount) ?? 0n) - amount;
    if (left < 0n) return 'AM04';
    funds.set(debtorAccount, left);
    return null;
  }

  /** Books what is due, and delivers the statement of every account without one for this day. */
  #close(day: string): void {
    for (const account of this.#accounts.values()) {
      if (account.closedUntil >= day && account.statements > 0 && !this.#hasDue(account.number, day)) continue;
      const bookings = this.#due(account, day);
      const opening = account.balance;
      account.balance = bookings.reduce((sum, { amount }) => sum + amount, opening);
      account.statements++;
      account.closedUntil = day;
      for (const booking of bookings) this.#booked.push({ booking, account: account.number });
      if (this.#isSilent) continue;
      const morning = new Date(nextDay(day) + STATEMENTS_AT);
      const at = morning < this.#clock.now() ? morning : this.#clock.now();
      const base = `${account.number}-${day}-${account.statements}`;
      const createdAt = `${nextDay(day)}T05:30:00`;
      const withKid = bookings.filter(({ kid, amount }) => kid !== null && amount > 0n);
      if (withKid.length > 0) {
        const payments = withKid.map(({ amount, kid, isClaim }) => ({ amount, kid: kid!, isClaim: isClaim === true }));
        this.#lay(account.provider, `ocr-${base}.txt`, ocrGiro(account.statements, account.number, day, payments), at);
        this.#lay(account.provider, `camt054-${base}.xml`, camt054(`N${base}`, createdAt, account, withKid), at);
      }
      const statement = camt053(base, createdAt, [{ account, day, opening, bookings }]);
      this.#lay(account.provider, `camt053-${base}.xml`, statement, at);
    }
  }

  #hasDue(account: string, day: string): boolean {
    return (
      this.#orders.some(
        ({ left, reported }) =>
          reported === 2 && left.some((each) => each.debtorAccount === account && each.day <= day),
      ) || this.#expected.some((each) => each.to === account && each.day <= day)
    );
  }

  #due(account: BankAccount, day: string): Booking[] {
    const bookings: Booking[] = [];
    for (const order of this.#orders) {
      if (order.reported < 2) continue;
      const isDue = (payment: OrderedPayment) => payment.debtorAccount === account.number && payment.day <= day;
      for (const payment of order.left.filter(isDue)) {
        this.#comeIn(account, payment, day);
        bookings.push({
          day,
          amount: -payment.amount,
          reference: '',
          name: payment.name,
          account: payment.account,
          kid: payment.kid,
          text: payment.text,
          ids: {
            message: order.messageId,
            batch: payment.batchId,
            instruction: payment.instructionId,
            endToEnd: payment.endToEndId,
          },
          isReversal: false,
          reason: null,
        });
      }
      order.left = order.left.filter((payment) => !isDue(payment));
    }
    const come = this.#expected.filter((each) => each.to === account.number && each.day <= day);
    for (const each of come) {
      this.#expected.splice(this.#expected.indexOf(each), 1);
      const { to: _, ...booking } = each;
      bookings.push({ ...booking, day });
    }
    return bookings.map((booking, i) => ({ ...booking, reference: referenceOf(account, day, i) }));
  }

  /** The payee may have an account here too. */
  #comeIn(from: BankAccount, payment: OrderedPayment, day: string): void {
    if (payment.account === null || !this.#accounts.has(payment.account)) return;
    this.#expected.push({
      to: payment.account,
      day,
      amount: payment.amount,
      reference: '',
      name: from.owner,
      account: from.number,
      kid: payment.kid,
      text: payment.text,
      ids: null,
      isReversal: false,
      reason: null,
    });
  }

  #report(
    provider: Provider,
    messageId: string,
    group: Verdict,
    at: Date,
    payments: Parameters<typeof pain002>[2]['payments'],
  ): void {
    const number = ++this.#numbers;
    const createdAt = at.toISOString().slice(0, 19);
    const content = pain002(`R${number}-${messageId}`.slice(0, 35), createdAt, { messageId, group, payments });
    this.#lay(provider, `pain002-${messageId}-${number}.xml`, content, at);
  }

  /** Delivers a file; half of it if so configured. */
  #lay(provider: Provider, name: string, text: string, at = this.#clock.now()): void {
    const content = Buffer.from(text, name.endsWith('.txt') ? 'latin1' : 'utf8');
    const isHalf = this.#half !== null && name.startsWith(this.#half);
    const file: LaidFile = {
      id: createHash('sha256').update(`${name}\n`).update(content).digest('hex').slice(0, 24),
      name,
      provider,
      content: isHalf ? content.subarray(0, Math.floor(content.length / 2)) : content,
      at: this.#laidAt ?? at,
      isTaken: false,
    };
    if (isHalf) {
      this.#half = null;
      this.#whole.set(name, content);
    }
    this.files.push(file);
  }

  readonly #whole = new Map<string, Buffer>();

  /** Delivers only half of the next file with this name prefix. */
  half(input: Record<string, unknown>): { half: string } {
    this.#half = textOf(input, 'name') ?? 'camt053';
    return { half: this.#half };
  }

  /** Delivers the rest of the incomplete files. */
  complete(): { completed: string[] } {
    const completed = [...this.#whole.keys()];
    for (const [name, content] of this.#whole) {
      const file = this.files.find((each) => each.name === name)!;
      file.content = content;
      file.at = this.#clock.now();
      file.isTaken = false;
    }
    this.#whole.clear();
    return { completed };
  }

  /** Delivers a file again, under the same name or another. */
  redeliver(input: Record<string, unknown>): { redelivered: string[] } {
    const prefix = textOf(input, 'name') ?? 'camt053';
    const again = [
      ...new Map(this.files.filter(({ name }) => name.startsWith(prefix)).map((file) => [file.name, file])).values(),
    ];
    for (const file of again)
      this.files.push({
        ...file,
        id: input['rename'] ? `${file.id}r` : file.id,
        name: input['rename'] ? `igjen-${file.name}` : file.name,
        at: this.#clock.now(),
        isTaken: false,
      });
    return { redelivered: again.map(({ name }) => name) };
  }

  /** Delivers a file as given: for unknown accounts, for several clients, or broken. */
  lay(input: Record<string, unknown>): { name: string } {
    const name = required(input, 'name');
    const provider = input['provider'] === 'zdata' ? 'zdata' : 'tietoevry';
    this.#lay(provider, name, required(input, 'content'));
    return { name };
  }

  /** Stops or resumes the statements. */
  silence(input: Record<string, unknown>): { silent: boolean } {
    this.#isSilent = input['on'] !== false;
    return { silent: this.#isSilent };
  }

  /** Resets to the initial state: no accounts, orders or files. */
  reset(): void {
    this.#accounts.clear();
    this.#orders.length = 0;
    this.#known.clear();
    this.#expected.length = 0;
    this.#refused.clear();
    this.#noFundsFor.clear();
    this.#booked.length = 0;
    this.#whole.clear();
    this.files.length = 0;
    this.#half = null;
    this.#isSilent = false;
  }

  balances(): Record<string, string> {
    return Object.fromEntries([...this.#accounts].map(([number, { balance }]) => [number, String(balance)]));
  }
}

function referenceOf({ number, statements }: BankAccount, day: string, place: number): string {
  return createHash('sha256')
    .update(`${number} ${day} ${statements} ${place}`)
    .digest('hex')
    .slice(0, 16)
    .toUpperCase();
}
