import sql from 'sql-template-tag';
import { createFile, linkVoucher } from '../../documents/index.ts';
import { type Instance, readPaymentInformation, readValidationResult } from '../../integrations/index.ts';
import { type Caller, SCOPES } from '../../platform/caller.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { bookkeeperOf } from '../../tenancy/index.ts';
import { vatReturnErrors } from '../errors.ts';
import { type Moving, OVER } from './submission-step.ts';

const SERVICE = 'Altinn';

/** The files of a response: their data types in Altinn, and the names they are stored under. */
const FILES = {
  kvittering: { name: 'kvittering', ending: 'pdf', contentType: 'application/pdf' },
  betalingsinformasjon: { name: 'betalingsinformasjon', ending: 'xml', contentType: 'application/xml' },
  valideringsresultat: { name: 'valideringsresultat', ending: 'xml', contentType: 'application/xml' },
} as const;
type FileType = keyof typeof FILES;

/** Reads the tax administration's response, stores it as vouchers of the settlement's entry, and emits the event. */
export async function keepAnswer(moving: Moving, instance: Instance): Promise<void> {
  const { platform, submission, keep } = moving;
  const contents = await downloadAll(moving, instance);
  const result = contents.get('valideringsresultat');
  const verdict = result ? readValidationResult(SERVICE, result) : null;
  const paid = contents.get('betalingsinformasjon');
  const payment = paid ? readPaymentInformation(SERVICE, paid) : null;
  if (!verdict && !contents.has('kvittering'))
    throw outboundErrors.contract_broken({ service: SERVICE, reason: 'feedback without a result and a receipt' });
  const rejected = verdict?.refuses === true;
  const keeper = await keeperOf(moving);
  const vouchers = new Map<FileType, number>();
  for (const [type, content] of contents) vouchers.set(type, await keepFile(moving, keeper, type, content));
  const now = platform.clock.now();
  const status = rejected ? 'REJECTED' : 'ACCEPTED';
  const deviations = verdict?.deviations ?? submission.deviations;
  await keep({
    learnt: { status, answeredAt: now },
    set: [
      sql`status = ${status}`,
      sql`answered_at = ${now}`,
      sql`answer = ${instance.status || null}`,
      sql`deviations = ${JSON.stringify(deviations)}`,
      sql`receipt_voucher_id = ${vouchers.get('kvittering') ?? null}`,
      sql`payment_voucher_id = ${vouchers.get('betalingsinformasjon') ?? null}`,
      sql`result_voucher_id = ${vouchers.get('valideringsresultat') ?? null}`,
      sql`payment_kid = ${payment?.kid ?? null}`,
      sql`payment_amount = ${payment === null ? null : Number(payment.amount)}`,
      sql`payment_due_date = ${payment?.dueDate ?? null}`,
      sql`payment_account = ${payment?.accountNumber ?? null}`,
      sql`payment_recipient = ${payment?.recipient ?? null}`,
      ...OVER,
    ],
  });
}

async function downloadAll({ client, sender }: Moving, instance: Instance): Promise<Map<FileType, Buffer>> {
  const contents = new Map<FileType, Buffer>();
  for (const type of Object.keys(FILES) as FileType[]) {
    // If the tax administration corrected it, the last one counts.
    const file = instance.files.findLast(({ dataType }) => dataType === type);
    if (file) contents.set(type, await client.download(instance.id, file.id, sender));
  }
  return contents;
}

/** The user on whose behalf the files are stored: the sender, or another user who may keep these books. */
async function keeperOf({ platform, clientAccountId, submission }: Moving): Promise<Caller> {
  const now = platform.clock.now();
  const keeper = await bookkeeperOf(platform.database, clientAccountId, {
    first: submission.senderId,
    scopes: SCOPES,
    now,
  });
  if (!keeper) throw vatReturnErrors.nobody_to_keep_for();
  return keeper;
}

/** The same content is one file and a link is created once, so repeating is harmless. */
async function keepFile(
  { platform, clientAccountId, submission }: Moving,
  caller: Caller,
  type: FileType,
  content: Buffer,
): Promise<number> {
  const { files } = platform;
  if (!files) throw outboundErrors.not_configured({ service: 'file store' });
  const { name, ending, contentType } = FILES[type];
  const { id, from, to, version, settlementEntryId } = submission;
  const call = { caller, clientAccountId };
  const staged = await files.stage(bytesOf(content));
  staged.name = `${name}_${from}_${to}_${version}.${ending}`;
  staged.contentType = contentType;
  let voucherId: number;
  try {
    voucherId = (await createFile.call(platform, call, { file: staged, processingTrack: 'DEFAULT' })).value.id;
  } finally {
    await staged.discard();
  }
  if (settlementEntryId !== null)
    await linkVoucher.call(
      platform,
      { ...call, idempotencyKey: `VAT submission ${id} ${type}` },
      { id: voucherId, entryId: settlementEntryId },
    );
  return voucherId;
}

async function* bytesOf(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
