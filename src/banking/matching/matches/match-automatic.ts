import type { LocalDate } from '../../../kernel/local-date.ts';
import { lockBooks } from '../../../ledger/index.ts';
import { BOOKKEEPERS, READERS } from '../../../platform/caller.ts';
import { AppError } from '../../../platform/errors.ts';
import { envelope, type Page } from '../../../platform/http/paging.ts';
import { Id, type Static, strict, Type } from '../../../platform/http/schema.ts';
import {
  type Operation,
  ownTransactionOperation,
  type OwnTransactionWork,
  readOperation,
  storeAnswer,
  storedAnswer,
} from '../../../platform/operation.ts';
import { requireBankAccount } from '../../accounts/require-bank-account.ts';
import type { EvidenceCode } from '../proposals/evidence.ts';
import type { MatchWish } from './match-wish.ts';
import { makeMatches } from './matches-make.ts';
import type { Proposal } from '../proposals/proposal.ts';
import { proposalView } from '../proposals/proposal-view.ts';
import { proposeMatches } from '../proposals/propose-matches.ts';

export interface ProposalFilter {
  bankAccountId: number | null;
  transactionId: number | null;
  fromDate: LocalDate | null;
  toDate: LocalDate | null;
  /** Only proposals whose first evidence is one of these. */
  evidence?: readonly EvidenceCode[];
}

function within({ units, wish }: Proposal, filter: ProposalFilter): boolean {
  const { bankAccountId, transactionId, fromDate, toDate, evidence } = filter;
  const [first] = wish.evidence;
  if (evidence && !(first && evidence.includes(first.code))) return false;
  return units.some(
    (unit) =>
      (bankAccountId === null || unit.bank_account_id === bankAccountId) &&
      (transactionId === null || unit.transaction_id === transactionId) &&
      (fromDate === null || unit.booking_date >= fromDate) &&
      (toDate === null || unit.booking_date <= toDate),
  );
}

/** Proposals by booking date, the most likely first; they are not stored. */
export const listProposals = readOperation({
  name: 'match-proposal.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: ProposalFilter & Page & { automatic: boolean | null }) {
    const all = (await proposeMatches(tx, clientAccountId)).filter(
      (each) => within(each, input) && (input.automatic === null || (each.hold === null) === input.automatic),
    );
    const first = ({ units }: Proposal) => units[0]!;
    all.sort(
      (a, b) =>
        compare(first(a).booking_date, first(b).booking_date) ||
        first(a).transaction_id - first(b).transaction_id ||
        b.wish.score - a.wish.score,
    );
    const from = (input.page - 1) * input.perPage;
    return envelope(all.slice(from, from + input.perPage).map(proposalView), input, all.length);
  },
});

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export const AutomaticResult = strict({
  matches: Type.Integer({ description: 'Made; with dry_run: that would be made' }),
  transactions: Type.Integer(),
  refused: Type.Array(strict({ bank_transaction_id: Id, code: Type.String(), message: Type.String() })),
  waiting: Type.Integer({ description: 'Proposals that wait for a person' }),
  by_evidence: Type.Record(Type.String(), Type.Integer()),
});
export type AutomaticResult = Static<typeof AutomaticResult>;

/** Matches in one database transaction: each match is written entirely, and a lost connection loses few. */
const AT_ONCE = 200;
const NAME = 'bank-match.automatic';

/** Carries out every proposal that needs no decision by a person. Repeated, it finds only new ones. */
export const matchAutomatically: Operation<ProposalFilter & { dryRun: boolean }, AutomaticResult> =
  ownTransactionOperation({
    name: NAME,
    access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
    async run(work, input: ProposalFilter & { dryRun: boolean }) {
      const { platform, clientAccountId, key } = work;
      const read = await platform.database.transaction(
        { clientAccounts: [clientAccountId], mode: 'read' },
        async (tx) => {
          const stored = key && (await storedAnswer<AutomaticResult>(tx, key));
          if (stored) return { stored };
          await requireBankAccount(tx, clientAccountId, input.bankAccountId);
          return { proposals: (await proposeMatches(tx, clientAccountId)).filter((each) => within(each, input)) };
        },
      );
      if (read.stored) return read.stored;
      const ready = read.proposals.filter(({ hold }) => hold === null);
      const value: AutomaticResult = {
        matches: 0,
        transactions: 0,
        refused: [],
        waiting: read.proposals.length - ready.length,
        by_evidence: {},
      };
      for (let from = 0; from < ready.length; from += AT_ONCE)
        await carryOut(input.dryRun ? null : { ...work, key: undefined }, ready.slice(from, from + AT_ONCE), value);
      if (!key) return { value, replayed: false };
      return platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
        // Of concurrent equal requests the first to end stores the response; matches of the others are in the books
        // nevertheless.
        await lockBooks(tx, clientAccountId);
        const stored = await storedAnswer<AutomaticResult>(tx, key);
        if (stored) return stored;
        await storeAnswer(tx, key, value);
        return { value, replayed: false };
      });
    },
  });

/** All together or, if one of them is refused, each separately. */
async function carryOut(
  work: OwnTransactionWork | null,
  ready: readonly Proposal[],
  result: AutomaticResult,
): Promise<void> {
  const count = (made: readonly Proposal[]) => {
    for (const { units, wish } of made) {
      result.matches++;
      result.transactions += units.length;
      const code = wish.evidence[0]?.code ?? 'none';
      result.by_evidence[code] = (result.by_evidence[code] ?? 0) + 1;
    }
  };
  if (!work) return count(ready);
  const make = (proposals: readonly Proposal[]) =>
    makeMatches(
      work,
      NAME,
      proposals.map(({ wish }): MatchWish => ({ ...wish, isAutomatic: true })),
      async (_, ids) => ids,
    );
  try {
    await make(ready);
    count(ready);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (ready.length > 1) {
      const half = Math.ceil(ready.length / 2);
      await carryOut(work, ready.slice(0, half), result);
      await carryOut(work, ready.slice(half), result);
    } else
      result.refused.push({
        bank_transaction_id: ready[0]!.units[0]!.transaction_id,
        code: error.code,
        message: error.message,
      });
  }
}
