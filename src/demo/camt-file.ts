import type { LocalDate } from '../kernel/local-date.ts';
import { formatAmount, type Ore } from '../kernel/money.ts';

/** A payment in a bank's file. */
export interface CamtPayment {
  counterparty: string | null;
  counterpartyAccount: string | null;
  kid: string | null;
  text: string | null;
}

/** A booked entry of a statement. Incoming amounts are positive. */
export interface CamtEntry extends CamtPayment {
  date: LocalDate;
  amount: Ore;
  /** The bank's own reference. */
  reference: string | null;
  /** The ordered amount, in another currency. */
  original?: { code: string; amount: Ore; rate: string } | undefined;
}

export interface CamtStatement {
  id: string;
  number: number;
  from: LocalDate;
  to: LocalDate;
  opening: Ore;
  closing: Ore;
  entries: Iterable<CamtEntry>;
}

export interface CamtAccount {
  iban: string;
  ownerName: string;
  bic: string;
}

/** A camt.053.001.08 file of statements of one account, piece by piece, as a Norwegian bank writes it. */
export function* camt053(
  messageId: string,
  account: CamtAccount,
  statements: Iterable<CamtStatement>,
): Generator<string> {
  const namespace = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08';
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${namespace}"><BkToCstmrStmt>\n`;
  let headed = false;
  for (const statement of statements) {
    if (!headed) yield `<GrpHdr><MsgId>${messageId}</MsgId><CreDtTm>${statement.to}T22:30:00</CreDtTm></GrpHdr>\n`;
    headed = true;
    yield head(statement, account);
    for (const entry of statement.entries) yield entryXml(entry);
    yield '</Stmt>\n';
  }
  yield '</BkToCstmrStmt></Document>\n';
}

function head(
  { id, number, from, to, opening, closing }: CamtStatement,
  { iban, ownerName, bic }: CamtAccount,
): string {
  return (
    `<Stmt><Id>${id}</Id><ElctrncSeqNb>${number}</ElctrncSeqNb><CreDtTm>${to}T22:30:00</CreDtTm>` +
    `<FrToDt><FrDtTm>${from}T00:00:00</FrDtTm><ToDtTm>${to}T23:59:59</ToDtTm></FrToDt>` +
    `<Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>NOK</Ccy><Ownr><Nm>${escape(ownerName)}</Nm></Ownr>` +
    `<Svcr><FinInstnId><BICFI>${bic}</BICFI></FinInstnId></Svcr></Acct>` +
    `${balance('OPBD', opening, from)}${balance('CLBD', closing, to)}\n`
  );
}

function balance(code: string, amount: Ore, date: LocalDate): string {
  return (
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${money('Amt', amount)}${mark(amount)}` +
    `<Dt><Dt>${date}</Dt></Dt></Bal>`
  );
}

function entryXml(entry: CamtEntry): string {
  const { amount, date, reference, text } = entry;
  return (
    `<Ntry>${money('Amt', amount)}${mark(amount)}<Sts><Cd>BOOK</Cd></Sts>` +
    `<BookgDt><Dt>${date}</Dt></BookgDt><ValDt><Dt>${date}</Dt></ValDt>${element('AcctSvcrRef', reference)}` +
    `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${amount < 0n ? 'ICDT' : 'RCDT'}</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>` +
    `${details(entry)}${element('AddtlNtryInf', text)}</Ntry>\n`
  );
}

function details(entry: CamtEntry): string {
  const { amount, counterparty, counterpartyAccount, kid, text, original, reference } = entry;
  if (counterparty === null && kid === null && !original) return '';
  const side = amount < 0n ? 'Cdtr' : 'Dbtr';
  const account = counterpartyAccount
    ? `<${side}Acct><Id><Othr><Id>${counterpartyAccount}</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id></${side}Acct>`
    : '';
  const parties =
    counterparty === null && account === ''
      ? ''
      : `<RltdPties>${counterparty === null ? '' : `<${side}><Pty><Nm>${escape(counterparty)}</Nm></Pty></${side}>`}${account}</RltdPties>`;
  const foreign = original
    ? `<AmtDtls><InstdAmt><Amt Ccy="${original.code}">${formatAmount(magnitude(original.amount))}</Amt>` +
      `<CcyXchg><SrcCcy>${original.code}</SrcCcy><TrgtCcy>NOK</TrgtCcy><UnitCcy>${original.code}</UnitCcy>` +
      `<XchgRate>${original.rate}</XchgRate></CcyXchg></InstdAmt></AmtDtls>`
    : '';
  const remittance = kid
    ? `<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>${kid}</Ref></CdtrRefInf></Strd></RmtInf>`
    : text
      ? `<RmtInf><Ustrd>${escape(text)}</Ustrd></RmtInf>`
      : '';
  return (
    `<NtryDtls><TxDtls><Refs>${element('AcctSvcrRef', reference)}<EndToEndId>NOTPROVIDED</EndToEndId></Refs>` +
    `${money('Amt', amount)}${mark(amount)}${foreign}${parties}${remittance}</TxDtls></NtryDtls>`
  );
}

function money(name: string, amount: Ore): string {
  return `<${name} Ccy="NOK">${formatAmount(magnitude(amount))}</${name}>`;
}

function magnitude(amount: Ore): Ore {
  return amount < 0n ? -amount : amount;
}

function mark(amount: Ore): string {
  return `<CdtDbtInd>${amount < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;
}

function element(name: string, text: string | null): string {
  return text === null ? '' : `<${name}>${escape(text)}</${name}>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
