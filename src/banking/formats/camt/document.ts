import { STATEMENT_ACCOUNT } from './account.ts';
import { BALANCE, checkBalances, settleBalances } from './balance.ts';
import { ENTRY } from './entry.ts';
import { GROUP_HEADER } from './group-header.ts';
import { type CamtNode, group, groups, leaf } from './node.ts';
import type { CamtState } from './state.ts';
import { beginStatement, openStatement } from './statement.ts';
import { checkSummary, SUMMARY } from './summary.ts';

const STATEMENT: Record<string, CamtNode> = {
  Id: leaf((s, text) => void (s.statement!.id = text)),
  StmtPgntn: group({ PgNb: leaf((s, text) => void (s.statement!.page = text)) }),
  NtfctnPgntn: group({ PgNb: leaf((s, text) => void (s.statement!.page = text)) }),
  ElctrncSeqNb: leaf((s, text) => void (s.statement!.number = text)),
  LglSeqNb: leaf((s, text) => void (s.statement!.number ??= text)),
  CreDtTm: leaf((s, text) => void (s.statement!.createdAt = text)),
  FrToDt: group({
    FrDtTm: leaf((s, text) => void (s.statement!.from = s.dateTime(text))),
    ToDtTm: leaf((s, text) => void (s.statement!.to = s.dateTime(text))),
  }),
  Acct: STATEMENT_ACCOUNT,
  Bal: BALANCE,
  TxsSummry: SUMMARY,
  Ntry: ENTRY,
};

function close(s: CamtState): void {
  const statement = s.statement!;
  if (statement.id === null) s.fault('element-missing', null, 'Id');
  const { iban, bban, other } = statement.account;
  if (iban === null && bban === null && other === null) s.fault('element-missing', null, 'Acct');
  settleBalances(s);
  if (!s.begun) beginStatement(s);
  checkBalances(s);
  checkSummary(s);
  if (statement.from !== null && statement.to !== null && statement.from > statement.to) {
    s.fault('value-unexpected', `${statement.from} to ${statement.to}`, 'a period that ends after it begins');
  }
  s.records.push(s.proof!.end(s.line(), s.path()));
  s.statement = null;
  s.proof = null;
}

const notified = (s: CamtState): void => {
  s.role = 'notification';
};

/** The supported messages, by the element below Document. */
export const MESSAGES: ReadonlyMap<string, { type: 'camt.053' | 'camt.054'; node: CamtNode }> = new Map([
  [
    'BkToCstmrStmt',
    { type: 'camt.053', node: group({ GrpHdr: GROUP_HEADER, Stmt: groups(STATEMENT, openStatement, close) }) },
  ],
  [
    'BkToCstmrDbtCdtNtfctn',
    {
      type: 'camt.054',
      node: group({ GrpHdr: GROUP_HEADER, Ntfctn: groups(STATEMENT, openStatement, close) }, notified),
    },
  ],
]);

/** Other elements below Document, and the fault for each. */
export const OTHER_MESSAGES: ReadonlyMap<string, string> = new Map([
  ['BkToCstmrAcctRpt', 'camt.052, an intraday report: nothing in it is final'],
  ['CstmrCdtTrfInitn', 'pain.001, a payment order'],
  ['CstmrDrctDbtInitn', 'pain.008, a direct debit order'],
  ['CstmrPmtStsRpt', 'pain.002, the status of a payment order'],
]);
