import sql from 'sql-template-tag';
import { isoSeconds } from '../kernel/clock.ts';
import { READERS } from '../platform/caller.ts';
import type { Language } from '../platform/errors.ts';
import { envelope, limitOffset, type Page } from '../platform/http/paging.ts';
import { Id, nullable, strict, TimeText, Type } from '../platform/http/schema.ts';
import { readOperation } from '../platform/operation.ts';
import { silencesOf } from './silence.ts';

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;
const NText = nullable(Type.String());

export const DeliveryView = strict({
  id: Id,
  client_account_id: Id,
  provider: Type.String(),
  bic: NText,
  file_name: Type.String(),
  kind: Type.Enum(['statement', 'payment_status', 'mandates']),
  status: Type.Enum(['imported', 'known', 'refused'], { description: 'known: all of it was there already' }),
  received_at: TimeText,
  import_id: nullable(Id),
  payment_order_id: nullable(Id),
  imported: Type.Integer({ description: 'Transactions, or changes of mandates, that were new' }),
  errors: Type.Array(strict({ code: Type.String(), line: nullable(Type.Integer()), message: Type.String() })),
});

interface DeliveryRow {
  id: number;
  client_account_id: number;
  mailbox: string;
  bic: string | null;
  file_name: string;
  kind: 'statement' | 'payment_status' | 'mandates';
  status: 'imported' | 'known' | 'refused';
  received_at: Date;
  import_id: number | null;
  order_id: number | null;
  imported: number;
  errors: { code: string; line: number | null; message: string; message_en: string }[];
}

/** Files that the client account’s banks delivered, the latest first. */
export const listDeliveries = readOperation({
  name: 'bank-delivery.list',
  access,
  async run({ tx, clientAccountId }, input: Page & { language: Language }) {
    const { records } = await tx.one<{ records: number }>(sql`
      select count(*) as records from bank_deliveries where client_account_id = ${clientAccountId}`);
    const rows = await tx.rows<DeliveryRow>(sql`
      select id, client_account_id, mailbox, bic, file_name, kind, status, received_at, import_id, order_id, imported, errors
      from bank_deliveries where client_account_id = ${clientAccountId}
      order by received_at desc, id desc ${limitOffset(input)}`);
    const data = rows.map(({ mailbox, order_id, errors, received_at, ...row }) => ({
      ...row,
      provider: mailbox,
      payment_order_id: order_id,
      received_at: isoSeconds(received_at),
      errors: errors.map(({ code, line, message, message_en }) => ({
        code,
        line,
        message: input.language === 'en' ? message_en : message,
      })),
    }));
    return envelope(data, input, records);
  },
});

export const DeliveryStatusView = strict({
  data: Type.Array(
    strict({
      bic: Type.String(),
      provider: Type.String(),
      last_statement_at: nullable(TimeText),
      is_silent: Type.Boolean({ description: 'An alarm: a banking day has passed on which the bank sent nothing' }),
      provider_problem: NText,
    }),
  ),
});

/** Whether each connected bank delivers as expected. */
export const getDeliveryStatus = readOperation({
  name: 'bank-delivery.status',
  access,
  async run({ tx, clientAccountId, now }, { language }: { language: Language }) {
    const connections = await tx.rows<{ clientAccountId: number; bic: string; provider: string }>(sql`
      select client_account_id as "clientAccountId", bic, provider from bank_connections
      where client_account_id = ${clientAccountId} and is_active order by bic`);
    const silences = await silencesOf(tx, connections, now);
    const mailboxes = await tx.rows<{ mailbox: string; problem: { nb: string; en: string } | null }>(sql`
      select mailbox, problem from bank_mailboxes`);
    return {
      data: connections.map(({ bic, provider }) => {
        const silence = silences.find((each) => each.bic === bic);
        const problem = mailboxes.find(({ mailbox }) => mailbox === provider)?.problem;
        return {
          bic,
          provider,
          last_statement_at: silence?.lastStatementAt ? isoSeconds(silence.lastStatementAt) : null,
          is_silent: silence?.isSilent ?? false,
          provider_problem: problem?.[language] ?? null,
        };
      }),
    };
  },
});
