import type { BankBalance } from '../bank-file.ts';
import { group, groups, leaf } from './node.ts';
import { type Balance, type CamtState, newBalance } from './state.ts';

/** Bal: OPBD and CLBD prove the statement; PRCD and ITBD replace them if missing; available balances include credit. */
export const BALANCE = groups(
  {
    Tp: group({
      CdOrPrtry: group({
        Cd: leaf((s, text) => void (s.balance.code = text)),
        Prtry: leaf((s, text) => void (s.balance.code = text)),
      }),
    }),
    Amt: leaf((s, text, currency) => {
      s.balance.amount = s.amount(text);
      s.balance.currency = s.currency(currency);
    }),
    CdtDbtInd: leaf((s, text) => void (s.balance.credit = s.mark(text))),
    Dt: group({
      Dt: leaf((s, text) => void (s.balance.date = s.date(text))),
      DtTm: leaf((s, text) => void (s.balance.date = s.dateTime(text))),
    }),
  },
  (s) => {
    s.balance = newBalance();
    s.errorsBefore = s.faults.errorCount;
    s.balance.line = s.line();
  },
  (s) => {
    const { balance } = s;
    const isReported = s.faults.errorCount > s.errorsBefore;
    const lacks = [
      balance.code === null ? 'Bal/Tp/CdOrPrtry/Cd' : null,
      balance.amount === null ? 'Bal/Amt' : null,
      balance.credit === null ? 'Bal/CdtDbtInd' : null,
    ].filter((element) => element !== null);
    if (lacks.length === 0) s.balances.push(balance);
    else if (!isReported) for (const element of lacks) s.fault('element-missing', null, element);
    if (s.balances.length > MOST) s.fault('xml-limit', `more than ${MOST} balances`);
  },
);

const MOST = 500;

/** Sets opening and closing from the balances read so far. On a page, interim balances open and close. */
export function settleBalances(s: CamtState): void {
  const statement = s.statement!;
  const interim = s.balances.filter((balance) => balance.code === 'ITBD');
  const opening =
    find(s, 'OPBD') ?? find(s, 'PRCD') ?? (find(s, 'CLBD') ? interim[0] : interim.length > 1 ? interim[0] : undefined);
  const closing = find(s, 'CLBD') ?? (interim.at(-1) === opening ? undefined : interim.at(-1));
  statement.opening = opening ? known(opening) : null;
  statement.closing = closing ? known(closing) : null;
  statement.currency ??= opening?.currency ?? closing?.currency ?? null;
}

/** At the end of the statement: both must be present, in the account's currency. */
export function checkBalances(s: CamtState): void {
  const { statement } = s;
  if (s.role === 'notification') return;
  for (const [balance, code] of [
    [statement!.opening, 'OPBD'],
    [statement!.closing, 'CLBD'],
  ] as const) {
    if (balance === null) s.fault('balance-missing', s.balances.map((b) => b.code).join(', ') || 'no Bal', code);
  }
  const checked = new Set(['OPBD', 'PRCD', 'CLBD', 'ITBD']);
  for (const balance of s.balances) {
    if (!checked.has(balance.code!) || balance.currency === statement!.currency || balance.currency === null) continue;
    s.faults.add('currency-mismatch', {
      statement: statement!.index,
      line: balance.line,
      path: `${s.path()}/Bal`,
      found: balance.currency,
      expected: statement!.currency,
    });
  }
}

function find(s: CamtState, code: string): Balance | undefined {
  return s.balances.find((balance) => balance.code === code);
}

function known(balance: Balance): BankBalance {
  return { amount: balance.credit ? balance.amount! : -balance.amount!, date: balance.date };
}
