import sql, { type Sql } from 'sql-template-tag';
import type { ResponseStatus } from '../../ehf/index.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { FindingView } from '../inbox/received-invoice.ts';
import { ContentView, contentView, type ResponseContent } from './response-content.ts';

export const TAKEN_STATUSES = ['TAKEN', 'QUESTIONED'] as const;
export type TakenStatus = (typeof TAKEN_STATUSES)[number];

const NText = nullable(Type.String());
export const DocumentResponseView = strict({
  id: Id,
  client_account_id: Id,
  file_id: { ...Id, description: 'What came, as it came' },
  instance_id: NText,
  received_at: TimeText,
  status: Type.Enum([...TAKEN_STATUSES], {
    description: 'TAKEN: it says what became of a document. QUESTIONED: a person looks at it; findings say why',
  }),
  document_id: nullable(Id),
  delivery_id: nullable(Id),
  sender: { ...NText, description: 'Who answers: a participant of the network' },
  sender_name: NText,
  document_number: NText,
  issue_date: nullable(DateText),
  ...ContentView,
  findings: Type.Array(FindingView),
});
export type DocumentResponseView = Static<typeof DocumentResponseView>;

interface Row {
  id: number;
  client_account_id: number;
  file_id: number;
  instance_id: string | null;
  received_at: Date;
  status: TakenStatus;
  document_id: number | null;
  delivery_id: number | null;
  sender: string | null;
  sender_name: string | null;
  document_number: string | null;
  issue_date: string | null;
  status_code: ResponseStatus | null;
  content: ResponseContent | null;
  findings: DocumentResponseView['findings'];
}

/** Answers of customers; `tail`: filter and order in SQL. */
export async function documentResponses(
  tx: Transaction,
  clientAccountId: number,
  tail: Sql,
): Promise<DocumentResponseView[]> {
  const rows = await tx.rows<Row>(sql`
    select id, client_account_id, file_id, instance_id, received_at, status, document_id, delivery_id, sender, sender_name,
      document_number, issue_date, status_code, content, findings
    from document_responses where client_account_id = ${clientAccountId} ${tail}`);
  return rows.map(({ status_code, content, ...row }) => ({
    ...row,
    ...contentView(status_code, content),
    received_at: isoSeconds(row.received_at),
  }));
}

export async function findDocumentResponse(
  tx: Transaction,
  clientAccountId: number,
  id: number,
): Promise<DocumentResponseView> {
  const [found] = await documentResponses(tx, clientAccountId, sql`and id = ${id}`);
  if (!found) throw requestErrors.not_found({ what: 'Invoice response' });
  return found;
}

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

/** Answers of customers, the latest first. */
export const listDocumentResponses = readOperation({
  name: 'document-response.list',
  access,
  async run({ tx, clientAccountId }, input: Page & { status: TakenStatus | null }) {
    const filter = sql`and (${input.status}::text is null or status = ${input.status})`;
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from document_responses where client_account_id = ${clientAccountId} ${filter}`,
    );
    const rows = await documentResponses(tx, clientAccountId, sql`${filter} order by id desc ${limitOffset(input)}`);
    return envelope(rows, input, records);
  },
});

export const getDocumentResponse = readOperation({
  name: 'document-response.get',
  access,
  run: ({ tx, clientAccountId }, { id }: { id: number }) => findDocumentResponse(tx, clientAccountId, id),
});

/** Answers to a document that was sent, the latest first. */
export const listResponsesToDocument = readOperation({
  name: 'document.responses',
  access,
  run: async ({ tx, clientAccountId }, { id }: { id: number }) => ({
    data: await documentResponses(tx, clientAccountId, sql`and document_id = ${id} order by id desc limit 100`),
  }),
});
