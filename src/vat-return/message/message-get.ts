import { READERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import { nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { checkMessage } from './message-check.ts';
import { type MessageQuestion, readMessage } from './message-read.ts';
import { messageXml } from './return-message.ts';
import { dueDate } from '../terms/term.ts';

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

/** The return of a term as XML, and a name for its file. */
export const getMessage = readOperation({
  name: 'vat-return.message',
  access,
  async run({ platform, tx, clientAccountId, now }, question: MessageQuestion) {
    const { message } = await readMessage({ tx, database: platform.database, clientAccountId, now }, question);
    const { from, to } = question.term;
    return { xml: messageXml(message), fileName: `mva-melding_${message.organizationNumber}_${from}_${to}.xml` };
  },
});

export const BreachesView = strict({
  is_accepted: Type.Boolean({ description: 'No rule that refuses is broken' }),
  total: Type.Integer({ description: 'fastsattMerverdiavgift, whole kroner' }),
  due_date: Type.String({ format: 'date' }),
  breaches: Type.Array(
    strict({
      rule: Type.String({ description: 'Number of the validation rule of mva-meldingen' }),
      severity: Type.Enum(['refuses', 'deviates']),
      line: nullable(Type.Integer({ description: 'Position in the return, from 1; null: the whole' })),
      tax_code: nullable(Type.String()),
      text: Type.String(),
    }),
  ),
});
export type BreachesView = Static<typeof BreachesView>;

/** The expected result of the validation service, as far as it can be determined here. */
export const getMessageCheck = readOperation({
  name: 'vat-return.check',
  access,
  async run(
    { platform, tx, clientAccountId, now },
    { language, ...question }: MessageQuestion & { language: Language },
  ): Promise<BreachesView> {
    const { message } = await readMessage({ tx, database: platform.database, clientAccountId, now }, question);
    const breaches = checkMessage(message, now);
    return {
      is_accepted: breaches.every(({ severity }) => severity !== 'refuses'),
      total: Number(message.total),
      due_date: dueDate(message.term, message.category === 'primaernaering'),
      breaches: breaches.map(({ rule, severity, line, text }) => ({
        rule,
        severity,
        line,
        tax_code: line === null ? null : message.lines[line - 1]!.ownCode,
        text: text[language],
      })),
    };
  },
});
