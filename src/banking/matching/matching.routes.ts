import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { parseAmount } from '../../kernel/money.ts';
import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import {
  asBooleanOrAll,
  DateText,
  Id,
  MoneyInput,
  nullable,
  QueryBooleanOrAll,
  strict,
  Type,
  MultiLineText,
} from '../../platform/http/schema.ts';
import { acceptMatches, getMatch, listMatches } from './matches/match-accept.ts';
import { AutomaticResult, listProposals, matchAutomatically } from './matches/match-automatic.ts';
import { undoMatch } from './matches/match-undo.ts';
import { MatchView } from './matches/match-view.ts';
import {
  changeMatchingSettings,
  getMatchingSettings,
  MatchingAccountsInput,
  MatchingSettingsView,
} from './matching-settings.ts';
import { MatchInput, ProposalView, readWish } from './proposals/proposal-view.ts';

const tag = 'Bank matching';
const Reason = MultiLineText({ minLength: 1, maxLength: 1000 });

export const matchRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/banking/match-proposals',
    tag,
    summary: 'What open bank transactions may be, each with its evidence; nothing is changed',
    operation: listProposals,
    client: 'query',
    query: strict({
      client_account_id: Id,
      bank_account_id: Type.Optional(Id),
      bank_transaction_id: Type.Optional(Id),
      from_date: Type.Optional(DateText),
      to_date: Type.Optional(DateText),
      is_automatic: Type.Optional(QueryBooleanOrAll),
      ...pageQuery(50, 500),
    }),
    response: listOf(ProposalView),
    input: ({ query }) => ({
      ...pageOf(query, 50),
      bankAccountId: query.bank_account_id ?? null,
      transactionId: query.bank_transaction_id ?? null,
      fromDate: query.from_date ?? null,
      toDate: query.to_date ?? null,
      automatic: asBooleanOrAll(query.is_automatic ?? 'null', true),
    }),
  }),
  route({
    method: 'POST',
    path: '/banking/matches',
    tag,
    summary: 'Accept one or several matches, all or none: posts, settles and links in one transaction',
    operation: acceptMatches,
    client: 'body',
    status: 201,
    body: strict({ client_account_id: Id, matches: Type.Array(MatchInput, { minItems: 1, maxItems: 200 }) }),
    response: strict({ data: Type.Array(MatchView) }),
    input: ({ body }) => {
      const problems: FieldProblem[] = [];
      const matches = body.matches.map((each, i) => readWish(each, `matches[${i}]`, problems));
      if (problems.length > 0) throw invalid(problems);
      return { matches };
    },
  }),
  route({
    method: 'GET',
    path: '/banking/matches',
    tag,
    summary: 'List matches, the latest first',
    operation: listMatches,
    client: 'query',
    query: strict({
      client_account_id: Id,
      bank_account_id: Type.Optional(Id),
      bank_transaction_id: Type.Optional(Id),
      journal_entry_id: Type.Optional(Id),
      is_active: Type.Optional(QueryBooleanOrAll),
      ...pageQuery(50),
    }),
    response: listOf(MatchView),
    input: ({ query }) => ({
      ...pageOf(query, 50),
      bankAccountId: query.bank_account_id ?? null,
      transactionId: query.bank_transaction_id ?? null,
      entryId: query.journal_entry_id ?? null,
      isActive: asBooleanOrAll(query.is_active, true),
    }),
  }),
  route({
    method: 'GET',
    path: '/banking/matches/{id}',
    tag,
    summary: 'A match with all that it links',
    operation: getMatch,
    client: 'record',
    recordIn: 'bank_matches',
    params: strict({ id: Id }),
    response: MatchView,
    input: ({ params }) => ({ id: params.id }),
  }),
  route({
    method: 'POST',
    path: '/banking/matches/{id}/undo',
    tag,
    summary: 'Take a match back whole: counter-entries, settlements and amounts',
    operation: undoMatch,
    client: 'record',
    recordIn: 'bank_matches',
    params: strict({ id: Id }),
    body: strict({ reason: Reason, entry_date: Type.Optional(nullable(DateText)) }),
    response: MatchView,
    input: ({ params, body }) => ({ id: params.id, reason: body.reason, entryDate: body.entry_date ?? null }),
  }),
  route({
    method: 'POST',
    path: '/banking/matches/automatic',
    tag,
    summary: 'Carry out every proposal whose evidence is enough',
    operation: matchAutomatically,
    client: 'body',
    body: strict({
      client_account_id: Id,
      bank_account_id: Type.Optional(Id),
      from_date: Type.Optional(DateText),
      to_date: Type.Optional(DateText),
      dry_run: Type.Optional(Type.Boolean()),
    }),
    response: AutomaticResult,
    input: ({ body }) => ({
      bankAccountId: body.bank_account_id ?? null,
      transactionId: null,
      fromDate: body.from_date ?? null,
      toDate: body.to_date ?? null,
      dryRun: body.dry_run ?? false,
    }),
  }),
  route({
    method: 'GET',
    path: '/banking/matching-settings',
    tag,
    summary: 'Tolerance for rounding, and the accounts of differences and transfers',
    operation: getMatchingSettings,
    client: 'query',
    query: strict({ client_account_id: Id }),
    response: MatchingSettingsView,
    input: () => undefined,
  }),
  route({
    method: 'PUT',
    path: '/banking/matching-settings',
    tag,
    summary: 'Change tolerance and accounts',
    operation: changeMatchingSettings,
    client: 'body',
    body: strict({
      client_account_id: Id,
      rounding_tolerance: Type.Optional(MoneyInput),
      accounts: Type.Optional(MatchingAccountsInput),
    }),
    response: MatchingSettingsView,
    input: ({ body }) => {
      const tolerance = body.rounding_tolerance === undefined ? null : parseAmount(body.rounding_tolerance);
      if (body.rounding_tolerance !== undefined && (tolerance === null || tolerance < 0n || tolerance > 100_00n))
        throw invalid([problem('rounding_tolerance', 'must be from 0.00 to 100.00', 'må være fra 0.00 til 100.00')]);
      return { roundingTolerance: tolerance, accounts: body.accounts ?? {} };
    },
  }),
];
