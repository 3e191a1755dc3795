import sql from 'sql-template-tag';
import { type Deviation, envelopeXml, type Instance, type NextOutcome } from '../../integrations/index.ts';
import { assert } from '../../kernel/assert.ts';
import { AppError } from '../../platform/errors.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { vatReturnErrors } from '../errors.ts';
import { keepAnswer } from './submission-answer.ts';
import { type Moving, OVER } from './submission-step.ts';
import { termOf } from '../terms/term.ts';

/** Data, confirmation, feedback, and one final read. */
const MOST_STEPS = 4;
const FILE_NAME = 'mva-melding';

/** Advances the submission as far as possible now. Throws the error that stopped it. */
export async function moveSubmission(moving: Moving): Promise<void> {
  const { client, sender, submission } = moving;
  let instance = await instanceOf(moving);
  if (instance === null) return;
  for (let step = 0; step < MOST_STEPS; step++) {
    switch (instance.stage) {
      case 'data': {
        if (submission.status === 'SENT')
          throw outboundErrors.contract_broken({ service: 'Altinn', reason: 'a completed instance is a draft again' });
        await client.putEnvelope(instance, await envelopeOf(moving), sender);
        await client.putReturn(instance, { xml: submission.message, fileName: `${FILE_NAME}.xml` }, sender);
        const outcome = await client.next(instance.id, sender);
        if (!outcome.went) return refuse(moving, instance, outcome);
        break;
      }
      case 'confirmation': {
        const outcome = await client.next(instance.id, sender);
        if (!outcome.went) return refuse(moving, instance, outcome);
        break;
      }
      case 'feedback':
        await noteSent(moving);
        if (!(await client.isAnswered(instance.id, sender))) return;
        break;
      case 'ended':
        await noteSent(moving);
        return keepAnswer(moving, instance);
    }
    instance = await client.instance(instance.id, sender);
    if (instance === null) return gone(moving);
  }
  // Answered, but still in the feedback task: it ends in a moment.
  if (instance.stage === 'feedback') return keepAnswer(moving, instance);
}

/**
 * The one instance of the submission: known, found after a lost response, or new. Null if it is gone, which is
 * recorded.
 */
async function instanceOf(moving: Moving): Promise<Instance | null> {
  const { client, sender, submission, platform, keep } = moving;
  if (submission.instanceId !== null) {
    const known = await client.instance(submission.instanceId, sender);
    // Removed from the inbox, but sent all the same.
    if (known && !(known.isDeleted && known.stage === 'data')) return known;
    if (submission.status === 'SENT') {
      await gone(moving);
      return null;
    }
    // The draft was deleted in Altinn: another one is created.
    await keep({
      learnt: { instanceId: null, createStartedAt: null },
      set: [sql`instance_id = null`, sql`create_started_at = null`],
    });
  }
  const instance = submission.createStartedAt === null ? null : await findLost(moving, submission.createStartedAt);
  if (instance) return noteInstance(moving, instance);
  const now = platform.clock.now();
  // The first attempt's time is kept: the instance it created may be found after the second.
  if (submission.createStartedAt === null)
    await keep({ learnt: { createStartedAt: now }, set: [sql`create_started_at = ${now}`] });
  return noteInstance(moving, await client.create(sender));
}

/** An instance whose response was lost, and that no other submission has. */
async function findLost({ client, sender, platform, clientAccountId }: Moving, since: Date): Promise<Instance | null> {
  const found = await client.find(sender, since);
  if (found.length === 0) return null;
  const taken = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    tx.rows<{ instance_id: string }>(sql`
      select instance_id from vat_submissions
      where client_account_id = ${clientAccountId} and instance_id = any(${found.map(({ id }) => id)}::text[])`),
  );
  const known = new Set(taken.map(({ instance_id }) => instance_id));
  return found.find(({ id }) => !known.has(id)) ?? null;
}

async function noteInstance({ keep }: Moving, instance: Instance): Promise<Instance> {
  await keep({ learnt: { instanceId: instance.id }, set: [sql`instance_id = ${instance.id}`] });
  return instance;
}

async function noteSent({ submission, platform, keep }: Moving): Promise<void> {
  if (submission.status === 'SENT') return;
  const now = platform.clock.now();
  await keep({
    learnt: { status: 'SENT', sentAt: now, polls: 0 },
    set: [sql`status = 'SENT'`, sql`sent_at = ${now}`],
  });
}

/** Completed and then removed from Altinn before it was answered: the outcome cannot be read there. */
async function gone({ submission, platform, keep }: Moving): Promise<void> {
  const now = platform.clock.now();
  const answer = vatReturnErrors.instance_gone().sentence('nb');
  if (submission.status !== 'SENT') throw vatReturnErrors.instance_gone();
  await keep({
    learnt: { status: 'LOST', answeredAt: now, answer },
    set: [sql`status = 'LOST'`, sql`answered_at = ${now}`, sql`answer = ${answer}`, ...OVER],
  });
}

/** The app refuses the return: the submission is rejected, and its draft deleted. */
async function refuse(moving: Moving, instance: Instance, outcome: NextOutcome): Promise<void> {
  assert(!outcome.went, 'refused');
  const { client, sender, submission, platform, keep } = moving;
  const now = platform.clock.now();
  const { refused } = outcome;
  let deviations: Deviation[] = submission.deviations;
  let answer: string | null = null;
  if ('deviations' in refused) deviations = refused.deviations;
  else answer = refused.text;
  await keep({
    learnt: { status: 'REJECTED', answeredAt: now, deviations, answer },
    set: [
      sql`status = 'REJECTED'`,
      sql`answered_at = ${now}`,
      sql`deviations = ${JSON.stringify(deviations)}`,
      sql`answer = ${answer}`,
      ...OVER,
    ],
  });
  try {
    await client.discard(instance.id, sender);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    platform.log.warn(
      { instance: instance.id, code: error.code },
      'the draft of a refused VAT return is left in Altinn',
    );
  }
}

async function envelopeOf({ platform, submission }: Moving): Promise<string> {
  const term = termOf(submission);
  assert(term, 'a submission is of a term');
  const name = await platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.one<{ name: string }>(
      sql`select trim(concat_ws(' ', first_name, last_name)) as name from users where id = ${submission.senderId}`,
    ),
  );
  return envelopeXml({
    organizationNumber: submission.organizationNumber,
    period: { element: term.element, value: term.value, year: term.year },
    category: submission.category,
    createdBy: name.name || 'Hovedbok',
    createdAt: submission.createdAt,
    fileName: FILE_NAME,
  });
}
