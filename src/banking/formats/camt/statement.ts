import { newStatement } from '../new-entry.ts';
import { StatementProof } from '../statement-proof.ts';
import { type CamtState, newTotals } from './state.ts';

/** Opens Stmt or Ntfctn. */
export function openStatement(s: CamtState): void {
  const statement = newStatement(s.statementCount++, s.role, null, null, s.line(), s.path());
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
