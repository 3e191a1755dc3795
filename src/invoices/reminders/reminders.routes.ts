import { Readable } from 'node:stream';
import { invalid } from '../../platform/errors.ts';
import { contentDisposition } from '../../platform/http/content-disposition.ts';
import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { DateText, Id, MultiLineText, nullable, requireDates, strict, Type } from '../../platform/http/schema.ts';
import { invoicePdf } from '../pdf/invoice-pdf.ts';
import { getReminder, LEVELS, listReminders, ReminderView } from './reminder.ts';
import { createReminder, disputeDocument, undoReminder } from './reminder-create.ts';
import { proposeReminders, ProposalView } from './reminder-proposals.ts';
import { getReminderPdf, sendReminder } from './reminder-send.ts';
import {
  changeReminderSettings,
  getReminderSettings,
  ReminderSettingsInput,
  ReminderSettingsView,
} from './reminder-settings.ts';

const tag = 'Reminders';
const record = { tag, client: 'record', recordIn: 'invoice_reminders', params: strict({ id: Id }) } as const;
const Reason = MultiLineText({ minLength: 1, maxLength: 500 });

function refuseWrongDates(fields: Record<string, string | null | undefined>): void {
  const faults = requireDates(fields);
  if (faults.length > 0) throw invalid(faults);
}

export const reminderRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/reminder-settings',
    tag,
    summary: 'Fee, interest and claim of reminders, and the rates that they follow',
    operation: getReminderSettings,
    client: 'query',
    query: strict({ client_account_id: Id }),
    response: ReminderSettingsView,
    input: () => undefined,
  }),
  route({
    method: 'PUT',
    path: '/reminder-settings',
    tag,
    summary:
      'Change what is given; rates of late payment interest and debt collection are entered here as they are set',
    operation: changeReminderSettings,
    client: 'query',
    query: strict({ client_account_id: Id }),
    body: ReminderSettingsInput,
    response: ReminderSettingsView,
    input: ({ body }) => {
      refuseWrongDates(
        Object.fromEntries(
          (body.rates ?? []).flatMap(({ valid_from, valid_to }, i) => [
            [`rates[${i}].valid_from`, valid_from],
            [`rates[${i}].valid_to`, valid_to],
          ]),
        ),
      );
      return body;
    },
  }),
  route({
    method: 'GET',
    path: '/reminder-proposals',
    tag,
    summary: 'Overdue claims that can be reminded of on a day, with fee and interest',
    operation: proposeReminders,
    client: 'query',
    query: strict({ client_account_id: Id, date: DateText, ...pageQuery(100) }),
    response: listOf(ProposalView),
    input: ({ query }) => {
      refuseWrongDates({ date: query.date });
      return { ...pageOf(query, 100), date: query.date };
    },
  }),
  route({
    method: 'POST',
    path: '/reminders',
    tag,
    summary:
      'Make a reminder or a notice of debt collection; its fee and interest are posted where the settings say so',
    operation: createReminder,
    client: 'body',
    status: 201,
    body: strict({
      client_account_id: Id,
      document_id: Id,
      reminder_date: Type.Optional(nullable({ ...DateText, description: 'Today, if not given' })),
      level: Type.Optional(Type.Enum([...LEVELS])),
    }),
    response: ReminderView,
    input: ({ body }) => {
      refuseWrongDates({ reminder_date: body.reminder_date });
      return { documentId: body.document_id, date: body.reminder_date ?? null, level: body.level ?? null };
    },
  }),
  route({
    method: 'GET',
    path: '/reminders',
    tag,
    summary: 'Reminders, the latest first',
    operation: listReminders,
    client: 'query',
    query: strict({ client_account_id: Id, document_id: Type.Optional(Id), ...pageQuery(100) }),
    response: listOf(ReminderView),
    input: ({ query }) => ({ ...pageOf(query, 100), documentId: query.document_id ?? null }),
  }),
  route({
    ...record,
    method: 'GET',
    path: '/reminders/{id}',
    summary: 'A reminder',
    operation: getReminder,
    response: ReminderView,
    input: ({ params }) => ({ id: params.id }),
  }),
  route({
    ...record,
    method: 'GET',
    path: '/reminders/{id}/pdf',
    summary: 'A reminder as PDF',
    operation: getReminderPdf,
    produces: ['application/pdf'],
    input: ({ params }) => ({ id: params.id }),
    send: (parts, reply) =>
      reply
        .header('content-type', 'application/pdf')
        .header('content-disposition', contentDisposition('inline', `${parts.print.name}.pdf`))
        .send(Readable.from(invoicePdf(parts))),
  }),
  route({
    ...record,
    method: 'POST',
    path: '/reminders/{id}/send',
    summary: 'Send a reminder once, by e-mail or to print',
    operation: sendReminder,
    body: strict({
      channel: Type.Optional(Type.Enum(['EMAIL', 'PRINT'])),
      email: Type.Optional(Type.String({ maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' })),
    }),
    response: ReminderView,
    input: ({ params, body }) => ({ id: params.id, channel: body.channel ?? null, email: body.email ?? null }),
  }),
  route({
    ...record,
    method: 'POST',
    path: '/reminders/{id}/undo',
    summary: 'Take a reminder back; its claim is cancelled by a counter-entry',
    operation: undoReminder,
    body: strict({ reason: Reason }),
    response: ReminderView,
    input: ({ params, body }) => ({ id: params.id, reason: body.reason }),
  }),
  route({
    method: 'PUT',
    path: '/documents/{id}/dispute',
    tag,
    summary: 'Say that the customer disputes a claim, so that nobody is reminded of it; null: no longer',
    operation: disputeDocument,
    client: 'record',
    recordIn: 'documents',
    params: strict({ id: Id }),
    body: strict({ reason: nullable(Reason) }),
    response: strict({ document_id: Id, reason: nullable(Type.String()) }),
    input: ({ params, body }) => ({ id: params.id, reason: body.reason }),
  }),
];
