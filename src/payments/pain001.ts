import { groupBy } from '../kernel/group-by.ts';
import { isoSeconds } from '../kernel/clock.ts';
import { formatAmount, type Ore } from '../kernel/money.ts';
import type { CreditTransfer, CreditTransferMessage } from './credit-transfer.ts';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';

/**
 * The order as pain.001.001.09, with elements in the schema's order; the same order gives the same bytes. Payments of a
 * day are one PmtInf, each booked separately. Norwegian accounts are BBAN, others IBAN.
 */
export function writePain001({ messageId, createdAt, debtor, payments }: CreditTransferMessage): string {
  const batches = [...groupBy(payments, ({ batchId }) => batchId)];
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${NAMESPACE}">\n<CstmrCdtTrfInitn>\n<GrpHdr>` +
    `<MsgId>${text(messageId, 35)}</MsgId><CreDtTm>${isoSeconds(createdAt)}</CreDtTm>${counts(payments)}` +
    `<InitgPty><Nm>${text(debtor.name, 140)}</Nm>${initiator(debtor)}</InitgPty></GrpHdr>\n` +
    batches.map(([batchId, those]) => batch(batchId, those, debtor)).join('') +
    '</CstmrCdtTrfInitn>\n</Document>\n'
  );
}

type Debtor = CreditTransferMessage['debtor'];

function counts(payments: readonly CreditTransfer[]): string {
  const sum = payments.reduce<Ore>((total, { amount }) => total + amount, 0n);
  return `<NbOfTxs>${payments.length}</NbOfTxs><CtrlSum>${formatAmount(sum)}</CtrlSum>`;
}

function initiator({ customerId, division }: Debtor): string {
  const ids = [
    customerId === null ? '' : organizationId(customerId, 'CUST'),
    division === null ? '' : organizationId(division, 'BANK'),
  ].join('');
  return ids === '' ? '' : `<Id><OrgId>${ids}</OrgId></Id>`;
}

function organizationId(id: string, scheme: 'CUST' | 'BANK'): string {
  return `<Othr><Id>${text(id, 35)}</Id><SchmeNm><Cd>${scheme}</Cd></SchmeNm></Othr>`;
}

function batch(batchId: string, payments: readonly CreditTransfer[], debtor: Debtor): string {
  const [{ executionDate, currency }] = payments as [CreditTransfer];
  const owner =
    debtor.organizationNumber === null
      ? ''
      : `<Id><OrgId>${organizationId(debtor.organizationNumber, 'CUST')}</OrgId></Id>`;
  const level = currency === 'EUR' ? 'SEPA' : 'NURG';
  return (
    `<PmtInf><PmtInfId>${text(batchId, 35)}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>${counts(payments)}` +
    `<PmtTpInf><SvcLvl><Cd>${level}</Cd></SvcLvl><CtgyPurp><Cd>SUPP</Cd></CtgyPurp></PmtTpInf>` +
    `<ReqdExctnDt><Dt>${executionDate}</Dt></ReqdExctnDt>` +
    `<Dbtr><Nm>${text(debtor.name, 140)}</Nm><PstlAdr><Ctry>NO</Ctry></PstlAdr>${owner}</Dbtr>` +
    `<DbtrAcct>${account(debtor.account)}<Ccy>${debtor.currency}</Ccy></DbtrAcct>` +
    `<DbtrAgt><FinInstnId><BICFI>${debtor.bic}</BICFI></FinInstnId></DbtrAgt>` +
    `${currency === 'EUR' ? '<ChrgBr>SLEV</ChrgBr>' : ''}\n${payments.map(transfer).join('')}</PmtInf>\n`
  );
}

function transfer({ instructionId, endToEndId, amount, currency, creditor, reference, message }: CreditTransfer) {
  return (
    `<CdtTrfTxInf><PmtId><InstrId>${text(instructionId, 35)}</InstrId><EndToEndId>${text(endToEndId, 35)}</EndToEndId></PmtId>` +
    `<Amt><InstdAmt Ccy="${currency}">${formatAmount(amount)}</InstdAmt></Amt>` +
    `<Cdtr><Nm>${text(creditor.name, 140)}</Nm>${creditor.country === null ? '' : `<PstlAdr><Ctry>${creditor.country}</Ctry></PstlAdr>`}</Cdtr>` +
    `<CdtrAcct>${account(creditor.account)}</CdtrAcct><RmtInf>${remittance(reference, message)}</RmtInf></CdtTrfTxInf>\n`
  );
}

function account(number: string): string {
  return /^\d{11}$/.test(number)
    ? `<Id><Othr><Id>${number}</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id>`
    : `<Id><IBAN>${number}</IBAN></Id>`;
}

function remittance(reference: string | null, message: string | null): string {
  if (reference === null) return `<Ustrd>${text(message ?? '', 140)}</Ustrd>`;
  return `<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>${text(reference, 35)}</Ref></CdtrRefInf></Strd>`;
}

/** On one line, without characters that XML forbids, cut to the schema's maximum length; never empty. */
function text(value: string, longest: number): string {
  const plain = value
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/[^\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .trim();
  const cut = plain.length <= longest ? plain : Array.from(plain).slice(0, longest).join('').trimEnd();
  return (cut === '' ? '-' : cut).replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]!);
}
