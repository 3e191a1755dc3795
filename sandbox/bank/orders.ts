import { type Cents, centsOf } from './money.ts';
import { at, type Element, every, readXml, textAt } from './xml.ts';

export interface OrderedPayment {
  batchId: string;
  instructionId: string;
  endToEndId: string;
  amount: Cents;
  day: string;
  debtorAccount: string;
  name: string;
  account: string;
  kid: string | null;
  text: string | null;
}

export interface Order {
  messageId: string;
  payments: OrderedPayment[];
}

/** Reads a pain.001. Throws its fault, in the words of a bank's report. */
export function readOrder(xml: string): Order {
  const root = at(readXml(xml), 'CstmrCdtTrfInitn');
  if (!root) throw new Error('no pain.001');
  const messageId = required(root, 'GrpHdr/MsgId');
  const payments = every(root, 'PmtInf').flatMap(batchOf);
  const sum = payments.reduce((total, { amount }) => total + amount, 0n);
  if (String(payments.length) !== textAt(root, 'GrpHdr/NbOfTxs')) throw new Error('AM18');
  if (sum !== centsOf(textAt(root, 'GrpHdr/CtrlSum') ?? '0')) throw new Error('AM10');
  return { messageId, payments };
}

function batchOf(batch: Element): OrderedPayment[] {
  const batchId = required(batch, 'PmtInfId');
  const day = required(batch, 'ReqdExctnDt/Dt');
  const debtorAccount = accountOf(at(batch, 'DbtrAcct'));
  return every(batch, 'CdtTrfTxInf').map((payment) => ({
    batchId,
    day,
    debtorAccount,
    instructionId: required(payment, 'PmtId/InstrId'),
    endToEndId: required(payment, 'PmtId/EndToEndId'),
    amount: centsOf(required(payment, 'Amt/InstdAmt')),
    name: required(payment, 'Cdtr/Nm'),
    account: accountOf(at(payment, 'CdtrAcct')),
    kid: textAt(payment, 'RmtInf/Strd/CdtrRefInf/Ref'),
    text: textAt(payment, 'RmtInf/Ustrd'),
  }));
}

function accountOf(element: Element | null): string {
  const number = element && (textAt(element, 'Id/IBAN') ?? textAt(element, 'Id/Othr/Id'));
  if (!number) throw new Error('AC01');
  return number;
}

function required(element: Element, path: string): string {
  const text = textAt(element, path);
  if (!text) throw new Error(`FF01 ${path}`);
  return text;
}
