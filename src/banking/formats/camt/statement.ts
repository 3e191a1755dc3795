import type { BankStatement } from '../bank-file.ts';
import { StatementProof } from '../statement-proof.ts';
import { type CamtState, newTotals } from './state.ts';

/** Opens Stmt or Ntfctn. */
export function openStatement(s: CamtState): void {
  const index = s.statementCount++;
  const statement: BankStatement = {
    index,
    role: s.role,
    account: { iban: null, bban: null, other: null, currency: null, ownerName: null, ownerId: null, bic: null },
    currency: null,
    id: null,
    number: null,
    page: null,
    createdAt: null,
    from: null,
    to: null,
    opening: null,
    closing: null,
    place: { line: s.line(), path: s.path() },
  };
  s.statement = statement;
  s.proof = new StatementProof(statement, s.faults);
  s.begun = false;
  s.balances = [];
  s.summaries = [];
  s.seen = newTotals();
  s.entryPosition = 0;
}

/** Emits the statement once its header is read: before its first entry, or at its end. */
export function beginStatement(s: CamtState): void {
  s.begun = true;
  s.records.push({ kind: 'statement', statement: s.statement! });
}
