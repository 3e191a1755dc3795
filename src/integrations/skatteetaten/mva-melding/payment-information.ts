import { isLocalDate, type LocalDate } from '../../../kernel/local-date.ts';
import { type Ore, parseScaled } from '../../../kernel/money.ts';
import { outboundErrors } from '../../../platform/outbound/errors.ts';
import { textAt } from '../../../platform/xml/xml-tree.ts';
import { answerTree } from './answer-tree.ts';

/** The amount to pay or to be refunded: `betalingsinformasjon` v1.0. */
export interface PaymentInformation {
  kid: string | null;
  /** Positive: to pay. */
  amount: Ore;
  dueDate: LocalDate;
  /** Eleven digits. */
  accountNumber: string | null;
  recipient: string;
}

/** A larger amount cannot come from a VAT return (docs/decisions/0012). */
const LARGEST: Ore = 10_000_000_000_000n;

/** Throws outbound.contract_broken (502): payments are based on it, so no field is guessed. */
export function readPaymentInformation(service: string, body: Uint8Array): PaymentInformation {
  const broken = (reason: string) => outboundErrors.contract_broken({ service, reason });
  const root = answerTree(body, () => broken('payment information that is no XML'));
  const amount = parseScaled(textAt(root, 'beloep'), 2);
  const dueDate = textAt(root, 'betalingsfrist').replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  if (root.name !== 'betalingsinformasjon' || amount === null || !isLocalDate(dueDate))
    throw broken('payment information without amount or due date');
  if (amount > LARGEST || amount < -LARGEST) throw broken('payment information with an impossible amount');
  const account = textAt(root, 'betalesTilKonto', 'norskKontonummer').replaceAll(/[ .]/g, '');
  const kid = textAt(root, 'kundeidentifikasjonsnummer');
  if ((account !== '' && !/^\d{11}$/.test(account)) || !/^(\d{1,24}[\d-])?$/.test(kid))
    throw broken('payment information whose account or KID cannot be read');
  return {
    kid: kid || null,
    amount,
    dueDate,
    accountNumber: account || null,
    recipient: textAt(root, 'betaleTil').slice(0, 200),
  };
}
