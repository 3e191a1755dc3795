import { isIban, isNorwegianAccountNumber } from '../../../kernel/bank-account-number.ts';
import { fileAccount } from '../bank-file.ts';
import { isCurrency } from '../read-value.ts';
import { type CamtNode, group, groups, leaf } from './node.ts';
import type { CamtState } from './state.ts';

/** Id of an account anywhere: IBAN, or Othr/Id (a Norwegian account number has SchmeNm/Cd BBAN there). */
export const ACCOUNT_ID: CamtNode = group({
  IBAN: leaf((s, text) => void (s.accountText = text)),
  Othr: group({ Id: leaf((s, text) => void (s.accountText = text)) }),
});

/** FinInstnId: BIC until version 03, BICFI after. */
export const INSTITUTION: Record<string, CamtNode> = {
  FinInstnId: group({
    BIC: leaf((s, text) => void (s.party.bic = text)),
    BICFI: leaf((s, text) => void (s.party.bic = text)),
  }),
};

/** Stmt/Acct: our own account. */
export const STATEMENT_ACCOUNT: CamtNode = group(
  {
    Id: ACCOUNT_ID,
    Ccy: leaf((s, text) => {
      if (isCurrency(text)) s.statement!.account.currency = s.statement!.currency = text;
      else s.fault('currency-malformed', text, 'NOK');
    }),
    Ownr: group({
      Nm: leaf((s, text) => void (s.statement!.account.ownerName = text)),
      Id: group({
        OrgId: group({ Othr: groups({ Id: leaf((s, text) => void (s.statement!.account.ownerId ??= text)) }) }),
      }),
    }),
    Svcr: group(INSTITUTION),
  },
  (s) => {
    s.accountText = null;
    s.party.bic = null;
  },
  closeAccount,
);

function closeAccount(s: CamtState): void {
  const account = s.statement!.account;
  if (s.accountText === null) return s.fault('element-missing', null, 'Acct/Id/IBAN or Acct/Id/Othr/Id');
  Object.assign(account, fileAccount(s.accountText));
  account.bic = s.party.bic;
  // Banks publish test files with invented numbers: a warning, not a refusal.
  const doubtful = account.iban
    ? !isIban(account.iban)
    : account.bban !== null && !isNorwegianAccountNumber(account.bban);
  if (doubtful) s.fault('account-doubtful', account.iban ?? account.bban);
}
