import { amountText, type Cents } from './money.ts';
import { escaped } from './xml.ts';

export interface BankAccount {
  /** Eleven digits. */
  number: string;
  bic: string;
  owner: string;
  organizationNumber: string | null;
  provider: 'tietoevry' | 'zdata';
  balance: Cents;
  /** The last day with a statement. */
  closedUntil: string;
  statements: number;
}

/** One booked movement. Incoming amounts are positive. */
export interface Booking {
  day: string;
  amount: Cents;
  reference: string;
  name: string;
  account: string | null;
  kid: string | null;
  text: string | null;
  ids: { message: string; batch: string; instruction: string; endToEnd: string } | null;
  isReversal: boolean;
  reason: string | null;
  /** From a claim of AvtaleGiro. */
  isClaim?: boolean;
}

/** A camt.053.001.08 of one account and day; of several accounts where there are several. */
export function camt053(
  messageId: string,
  createdAt: string,
  statements: readonly { account: BankAccount; day: string; opening: Cents; bookings: readonly Booking[] }[],
): string {
  return document(
    'camt.053.001.08',
    `<BkToCstmrStmt><GrpHdr><MsgId>${messageId}</MsgId><CreDtTm>${createdAt}</CreDtTm></GrpHdr>` +
      statements
        .map(({ account, day, opening, bookings }) => {
          const closing = bookings.reduce((sum, { amount }) => sum + amount, opening);
          return (
            `<Stmt><Id>${account.number}-${day}</Id><ElctrncSeqNb>${account.statements}</ElctrncSeqNb><CreDtTm>${createdAt}</CreDtTm>` +
            `<FrToDt><FrDtTm>${day}T00:00:00</FrDtTm><ToDtTm>${day}T23:59:59</ToDtTm></FrToDt>${accountXml(account)}` +
            balance('OPBD', opening, day) +
            balance('CLBD', closing, day) +
            bookings.map((booking) => entry(booking, account)).join('') +
            '</Stmt>'
          );
        })
        .join('') +
      '</BkToCstmrStmt>',
  );
}

/** Credits with a KID, in detail, before the statement contains their sum. */
export function camt054(
  messageId: string,
  createdAt: string,
  account: BankAccount,
  bookings: readonly Booking[],
): string {
  return document(
    'camt.054.001.08',
    `<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>${messageId}</MsgId><CreDtTm>${createdAt}</CreDtTm></GrpHdr>` +
      `<Ntfctn><Id>${messageId}</Id><CreDtTm>${createdAt}</CreDtTm>${accountXml(account)}` +
      bookings.map((booking) => entry(booking, account)).join('') +
      '</Ntfctn></BkToCstmrDbtCdtNtfctn>',
  );
}

function document(version: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${version}">${body}</Document>\n`;
}

function accountXml({ number, owner, organizationNumber, bic }: BankAccount): string {
  const id = organizationNumber ? `<Id><OrgId><Othr><Id>${organizationNumber}</Id></Othr></OrgId></Id>` : '';
  return (
    `<Acct><Id><Othr><Id>${number}</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id><Ccy>NOK</Ccy>` +
    `<Ownr><Nm>${escaped(owner)}</Nm>${id}</Ownr><Svcr><FinInstnId><BICFI>${bic}</BICFI></FinInstnId></Svcr></Acct>`
  );
}

function balance(code: string, amount: Cents, day: string): string {
  const absolute = amountText(amount < 0n ? -amount : amount);
  return (
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="NOK">${absolute}</Amt>` +
    `<CdtDbtInd>${amount < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`
  );
}

function entry(
  { day, amount, reference, name, account, kid, text, ids, isReversal, reason }: Booking,
  own: BankAccount,
): string {
  const [came, absolute] = [amount >= 0n, amountText(amount < 0n ? -amount : amount)];
  const mark = came ? 'CRDT' : 'DBIT';
  const refs = ids
    ? `<MsgId>${ids.message}</MsgId><AcctSvcrRef>${reference}</AcctSvcrRef><PmtInfId>${ids.batch}</PmtInfId><InstrId>${ids.instruction}</InstrId><EndToEndId>${ids.endToEnd}</EndToEndId>`
    : `<AcctSvcrRef>${reference}</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId>`;
  const other = came ? 'Dbtr' : 'Cdtr';
  const number = (of: string) =>
    `<Id><Othr><Id>${of}</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id>`.replace(
      /<Id><Othr><Id>([A-Z]{2}.*?)<\/Id>.*/,
      '<Id><IBAN>$1</IBAN></Id>',
    );
  const ours = `<${came ? 'CdtrAcct' : 'DbtrAcct'}>${number(own.number)}</${came ? 'CdtrAcct' : 'DbtrAcct'}>`;
  const theirs = account ? `<${other}Acct>${number(account)}</${other}Acct>` : '';
  const accounts = came ? theirs + ours : ours + theirs;
  const parties = `<RltdPties>${came ? `<Dbtr><Pty><Nm>${escaped(name)}</Nm></Pty></Dbtr>${accounts}` : `${ours}<Cdtr><Pty><Nm>${escaped(name)}</Nm></Pty></Cdtr>${theirs}`}</RltdPties>`;
  const remittance = kid
    ? `<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>${escaped(kid)}</Ref></CdtrRefInf></Strd></RmtInf>`
    : text
      ? `<RmtInf><Ustrd>${escaped(text)}</Ustrd></RmtInf>`
      : '';
  const returned = reason ? `<RtrInf><Rsn><Cd>${reason}</Cd></Rsn></RtrInf>` : '';
  return (
    `<Ntry><Amt Ccy="NOK">${absolute}</Amt><CdtDbtInd>${mark}</CdtDbtInd>${isReversal ? '<RvslInd>true</RvslInd>' : ''}` +
    `<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt><AcctSvcrRef>${reference}</AcctSvcrRef>` +
    `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${came ? 'RCDT' : 'ICDT'}</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>` +
    `<NtryDtls><TxDtls><Refs>${refs}</Refs><Amt Ccy="NOK">${absolute}</Amt><CdtDbtInd>${mark}</CdtDbtInd>` +
    `${parties}${remittance}${returned}</TxDtls></NtryDtls></Ntry>`
  );
}

export interface Verdict {
  status: string;
  reason: string | null;
  text: string | null;
}

/** A pain.002.001.10 for an order as a whole, or with the statuses of single payments. */
export function pain002(
  reportId: string,
  createdAt: string,
  of: {
    messageId: string;
    group: Verdict;
    payments: readonly (Verdict & { batchId: string; endToEndId: string; instructionId: string })[];
  },
): string {
  const reasons = ({ reason, text }: Verdict) =>
    reason === null
      ? ''
      : `<StsRsnInf><Rsn><Cd>${reason}</Cd></Rsn>${text ? `<AddtlInf>${escaped(text)}</AddtlInf>` : ''}</StsRsnInf>`;
  const batches = new Map<string, string>();
  for (const payment of of.payments)
    batches.set(
      payment.batchId,
      (batches.get(payment.batchId) ?? '') +
        `<TxInfAndSts><OrgnlInstrId>${escaped(payment.instructionId)}</OrgnlInstrId><OrgnlEndToEndId>${escaped(payment.endToEndId)}</OrgnlEndToEndId>` +
        `<TxSts>${payment.status}</TxSts>${reasons(payment)}</TxInfAndSts>`,
    );
  return document(
    'pain.002.001.10',
    `<CstmrPmtStsRpt><GrpHdr><MsgId>${reportId}</MsgId><CreDtTm>${createdAt}</CreDtTm></GrpHdr>` +
      `<OrgnlGrpInfAndSts><OrgnlMsgId>${escaped(of.messageId)}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>` +
      `<GrpSts>${of.group.status}</GrpSts>${reasons(of.group)}</OrgnlGrpInfAndSts>` +
      [...batches]
        .map(
          ([id, payments]) =>
            `<OrgnlPmtInfAndSts><OrgnlPmtInfId>${escaped(id)}</OrgnlPmtInfId>${payments}</OrgnlPmtInfAndSts>`,
        )
        .join('') +
      '</CstmrPmtStsRpt>',
  );
}

/** An OCR giro file of one account and day: 80 characters a record. */
export function ocrGiro(
  number: number,
  account: string,
  day: string,
  payments: readonly { amount: Cents; kid: string; isClaim: boolean }[],
): string {
  const date = day.slice(8, 10) + day.slice(5, 7) + day.slice(2, 4);
  const digits = (value: number | bigint, width: number) => String(value).padStart(width, '0');
  const sum = payments.reduce((total, { amount }) => total + amount, 0n);
  const lines = [
    `NY00001000008080${digits(number, 7)}00000000`,
    `NY090020000000001${digits(number, 7)}${account}`.padEnd(80, '0'),
  ];
  payments.forEach(({ amount, kid, isClaim }, i) => {
    const type = isClaim ? '15' : '10';
    lines.push(
      `NY09${type}30${digits(i + 1, 7)}${date}11011${digits(i + 1, 5)}0${digits(amount, 17)}${kid.padStart(25)}`,
      `NY09${type}31${digits(i + 1, 7)}${digits(i + 1, 10)}${digits(i + 1, 9)}${'0'.repeat(7)}${date}${'0'.repeat(11)}`,
    );
  });
  const records = 2 * payments.length + 2;
  lines.push(
    `NY090088${digits(payments.length, 8)}${digits(records, 8)}${digits(sum, 17)}${date}${date}${date}`,
    `NY000089${digits(payments.length, 8)}${digits(records + 2, 8)}${digits(sum, 17)}${date}`,
  );
  return lines.map((line) => `${line.padEnd(80, '0')}\r\n`).join('');
}
