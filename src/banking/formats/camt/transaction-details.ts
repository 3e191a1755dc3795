import { fileAccount } from '../bank-file.ts';
import { isCurrency, isDecimal, isRate } from '../read-value.ts';
import { ACCOUNT_ID, INSTITUTION } from './account.ts';
import { type CamtNode, group, groups, leaf, leaves } from './node.ts';
import { type CamtState, type PartialDetail, newPartialDetail, newFee, type PartialParty } from './state.ts';

/** Limit of payments in one entry, which are held in memory together. */
const MOST = 100_000;

type Amounts = { instructed: PartialDetail['instructed']; exchange: PartialDetail['exchange'] };

/** CcyXchg: the bank's quotation, unchanged. */
function exchange(of: (s: CamtState) => Amounts): CamtNode {
  return group({
    UnitCcy: leaf((s, text) => void (of(s).exchange.unit = text)),
    SrcCcy: leaf((s, text) => void (of(s).exchange.unit ??= text)),
    XchgRate: leaf((s, text) => {
      if (isRate(text)) of(s).exchange.rate ??= text;
      else s.fault('number-malformed', text, '11.4325');
    }),
  });
}

/** AmtDtls, of an entry or of a payment. */
export function amountDetails(of: (s: CamtState) => Amounts, transaction: CamtNode): CamtNode {
  return group({
    InstdAmt: group({
      Amt: leaf((s, text, currency) => {
        if (!isDecimal(text)) s.fault('amount-malformed', text, '1234.50');
        else if (currency === undefined || !isCurrency(currency))
          s.fault('currency-malformed', currency ?? 'no Ccy', 'EUR');
        else of(s).instructed = { amount: text, currency };
      }),
      CcyXchg: exchange(of),
    }),
    TxAmt: group({ Amt: transaction, CcyXchg: exchange(of) }),
    CntrValAmt: group({ CcyXchg: exchange(of) }),
  });
}

/** Chrgs: one amount each until version 03, later records below a total. */
export const CHARGES: CamtNode = groups(
  {
    ...charge(),
    TtlChrgsAndTaxAmt: leaf((s, text, currency) => {
      s.chargeTotal = { amount: s.amount(text), currency: s.currency(currency) ?? '' };
    }),
    Rcrd: groups(
      charge(),
      (s) => {
        s.fee = newFee();
        s.chargeTotal.amount = null;
      },
      endFee,
    ),
  },
  (s) => {
    s.fee = newFee();
    s.chargeTotal = { amount: null, currency: '' };
  },
  (s) => {
    if (s.fee.amount === null) Object.assign(s.fee, s.chargeTotal);
    endFee(s);
  },
);

function charge(): Record<string, CamtNode> {
  return {
    Amt: leaf((s, text, currency) => {
      s.fee.amount = s.amount(text);
      s.fee.currency = s.currency(currency) ?? '';
    }),
    CdtDbtInd: leaf((s, text) => void (s.fee.credit = s.mark(text) ?? false)),
    ChrgInclInd: leaf((s, text) => void (s.fee.included = s.flag(text))),
  };
}

function endFee(s: CamtState): void {
  const { amount, currency, credit, included } = s.fee;
  if (amount !== null && amount !== 0n) s.fees.push({ amount: credit ? amount : -amount, currency, included });
  s.fee = newFee();
}

/** BkTxCd: domain, family, sub-family, or the bank's own code. */
export function transactionCode(
  of: (s: CamtState) => Pick<PartialDetail, 'domain' | 'family' | 'subFamily' | 'proprietaryCode'>,
): CamtNode {
  return group({
    Domn: group({
      Cd: leaf((s, text) => void (of(s).domain = text)),
      Fmly: group({
        Cd: leaf((s, text) => void (of(s).family = text)),
        SubFmlyCd: leaf((s, text) => void (of(s).subFamily = text)),
      }),
    }),
    Prtry: group({ Cd: leaf((s, text) => void (of(s).proprietaryCode = text)) }),
  });
}

/** `PMNT-RCDT-DMCT`, or the bank's own. */
export function codeOf(
  from: Pick<PartialDetail, 'domain' | 'family' | 'subFamily' | 'proprietaryCode'>,
): string | null {
  const parts = [from.domain, from.family, from.subFamily].filter((part) => part !== null);
  return parts.length ? parts.join('-') : from.proprietaryCode;
}

/** A party: the name is in Pty from version 04 on, an agent's in Agt. */
function party(of: (s: CamtState) => PartialParty, ultimate = false): CamtNode {
  const name = leaf((s, text) => {
    if (ultimate) of(s).ultimate = text;
    else of(s).name = text;
  });
  return group({ Nm: name, Pty: group({ Nm: name }), Agt: group({ FinInstnId: group({ Nm: name }) }) });
}

function partyAccount(of: (s: CamtState) => PartialParty): CamtNode {
  return group(
    { Id: ACCOUNT_ID },
    (s) => void (s.accountText = null),
    (s) => {
      const { bban, iban, other } = fileAccount(s.accountText);
      of(s).account = bban ?? iban ?? other;
    },
  );
}

function agent(of: (s: CamtState) => PartialParty): CamtNode {
  return group(
    INSTITUTION,
    (s) => void (s.party.bic = null),
    (s) => void (of(s).bic = s.party.bic),
  );
}

const debtor = (s: CamtState) => s.detail.debtor;
const creditor = (s: CamtState) => s.detail.creditor;

const REMITTANCE = group({
  Ustrd: leaves((s, text) => void s.detail.texts.push(text)),
  Strd: groups({
    RfrdDocInf: groups({ Nb: leaf((s, text) => void s.detail.result.invoiceNumbers.push(text)) }),
    CdtrRefInf: group({ Ref: leaf((s, text) => void s.detail.result.structuredReferences.push(text)) }),
    AddtlRmtInf: leaves((s, text) => void s.detail.remarks.push(text)),
  }),
});

/** RtrInf: the reason of a returned payment. */
const RETURN = group(
  {
    Rsn: group({
      Cd: leaf((s, text) => void (s.detail.result.return!.reason = text)),
      Prtry: leaf((s, text) => void (s.detail.result.return!.reason = text)),
    }),
    AddtlInf: leaves((s, text) => {
      const back = s.detail.result.return!;
      back.text = back.text === null ? text : `${back.text} ${text}`;
    }),
  },
  (s) => void (s.detail.result.return = { reason: null, text: null }),
);

/** TxDtls: one payment of the entry. Completed with the entry, because it may inherit its sign. */
export const TRANSACTION_DETAILS = groups(
  {
    Refs: group({
      MsgId: leaf((s, text) => void (s.detail.result.messageId = text)),
      AcctSvcrRef: leaf((s, text) => void (s.detail.result.archiveReference = text)),
      PmtInfId: leaf((s, text) => void (s.detail.result.paymentId = text)),
      InstrId: leaf((s, text) => void (s.detail.result.instructionId = text)),
      EndToEndId: leaf((s, text) => void (s.detail.result.endToEndId = text === 'NOTPROVIDED' ? null : text)),
    }),
    Amt: leaf((s, text, currency) => {
      s.detail.amount = s.amount(text);
      s.detail.currency = s.currency(currency);
    }),
    CdtDbtInd: leaf((s, text) => void (s.detail.credit = s.mark(text))),
    AmtDtls: amountDetails(
      (s) => s.detail,
      leaf((s, text, currency) => {
        s.detail.transactionAmount = text;
        s.detail.transactionCurrency = s.currency(currency);
      }),
    ),
    BkTxCd: transactionCode((s) => s.detail),
    Chrgs: CHARGES,
    RltdPties: group({
      Dbtr: party(debtor),
      DbtrAcct: partyAccount(debtor),
      UltmtDbtr: party(debtor, true),
      Cdtr: party(creditor),
      CdtrAcct: partyAccount(creditor),
      UltmtCdtr: party(creditor, true),
    }),
    RltdAgts: group({ DbtrAgt: agent(debtor), CdtrAgt: agent(creditor) }),
    Purp: group({
      Cd: leaf((s, text) => void (s.detail.result.purpose = text)),
      Prtry: leaf((s, text) => void (s.detail.result.purpose = text)),
    }),
    RmtInf: REMITTANCE,
    RtrInf: RETURN,
    AddtlTxInf: leaf((s, text) => void (s.detail.result.bankInformation = text)),
  },
  (s) => {
    s.detail = newPartialDetail();
    s.fees = s.detail.result.fees;
    s.detail.result.place = { line: s.line(), path: '' };
    if (s.details.push(s.detail) > MOST) s.fault('xml-limit', `more than ${MOST} TxDtls`);
  },
  (s) => void (s.fees = s.entry.result.fees),
);
