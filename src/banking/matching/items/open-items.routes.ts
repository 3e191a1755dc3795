import { parseAmount } from '../../../kernel/money.ts';
import { type FieldProblem, invalid, problem } from '../../../platform/errors.ts';
import { listOf, pageOf, pageQuery } from '../../../platform/http/paging.ts';
import { route, type Route } from '../../../platform/http/route.ts';
import { DateText, Id, MoneyInput, nullable, strict, Type, MultiLineText } from '../../../platform/http/schema.ts';
import { EvidenceView } from '../proposals/evidence.ts';
import { listSettlementProposals } from './item-proposals.ts';
import { settleAutomatically, settleItems } from './item-settle.ts';
import { undoSettlement } from './item-settle-undo.ts';
import { listOpenItems, OpenItemView } from './open-item-list.ts';

const tag = 'Open items';
const Line = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const SettledItem = strict({ journal_entry_id: Id, line_number: Line, amount: Type.String() });

export const openItemRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/open-items',
    tag,
    summary: 'Lines of customers and suppliers with what remains of them',
    operation: listOpenItems,
    client: 'query',
    query: strict({
      client_account_id: Id,
      side: Type.Optional(Type.Enum(['customer', 'supplier'])),
      business_partner_id: Type.Optional(Id),
      date: Type.Optional({ ...DateText, description: 'As it was at the end of that day' }),
      ...pageQuery(100, 1000),
    }),
    response: listOf(OpenItemView),
    input: ({ query }) => ({
      ...pageOf(query, 100),
      side: query.side ?? null,
      businessPartnerId: query.business_partner_id ?? null,
      date: query.date ?? null,
    }),
  }),
  route({
    method: 'GET',
    path: '/item-settlements/proposals',
    tag,
    summary:
      'Open items that settle each other, by KID, document number or because all of a partner’s add up to nothing',
    operation: listSettlementProposals,
    client: 'query',
    query: strict({ client_account_id: Id, ...pageQuery(100, 1000) }),
    response: listOf(
      strict({
        items: Type.Array(SettledItem),
        business_partner_id: nullable(Id),
        account_code: Type.String(),
        evidence: Type.Array(EvidenceView),
        is_automatic: Type.Boolean(),
      }),
    ),
    input: ({ query }) => pageOf(query, 100),
  }),
  route({
    method: 'POST',
    path: '/item-settlements',
    tag,
    summary: 'Settle open items of a partner against each other; a currency difference is posted',
    operation: settleItems,
    client: 'body',
    status: 201,
    body: strict({
      client_account_id: Id,
      groups: Type.Array(
        strict({
          items: Type.Array(
            strict({ journal_entry_id: Id, line_number: Line, amount: Type.Optional(nullable(MoneyInput)) }),
            { minItems: 2, maxItems: 500 },
          ),
          settled_on: Type.Optional(nullable(DateText)),
        }),
        { minItems: 1, maxItems: 500 },
      ),
    }),
    response: strict({ groups: Type.Array(Id) }),
    input: ({ body }) => {
      const problems: FieldProblem[] = [];
      const groups = body.groups.map(({ items, settled_on }, g) => ({
        settledOn: settled_on ?? null,
        items: items.map(({ journal_entry_id, line_number, amount }, i) => {
          const read = amount == null ? null : parseAmount(amount);
          if (amount != null && !read)
            problems.push(
              problem(
                `groups[${g}].items[${i}].amount`,
                'must be an amount with at most two decimals, not zero',
                'må være et beløp med høyst to desimaler, ikke null',
              ),
            );
          return { entryId: journal_entry_id, lineNo: line_number, amount: read };
        }),
      }));
      if (problems.length > 0) throw invalid(problems);
      return { groups };
    },
  }),
  route({
    method: 'POST',
    path: '/item-settlements/automatic',
    tag,
    summary: 'Settle everything that references prove',
    operation: settleAutomatically,
    client: 'body',
    body: strict({ client_account_id: Id }),
    response: strict({ groups: Type.Integer(), items: Type.Integer() }),
    input: () => undefined,
  }),
  route({
    method: 'POST',
    path: '/item-settlements/{id}/undo',
    tag,
    summary: 'Open the items of a settlement again',
    operation: undoSettlement,
    client: 'record',
    recordIn: 'item_settlements',
    params: strict({ id: Id }),
    body: strict({ reason: MultiLineText({ minLength: 1, maxLength: 1000 }) }),
    response: strict({ id: Id, undo_reason: MultiLineText(), items: Type.Array(SettledItem) }),
    input: ({ params, body }) => ({ id: params.id, reason: body.reason }),
  }),
];
