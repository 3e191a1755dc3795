import { createReadStream } from 'node:fs';
import sql from 'sql-template-tag';
import {
  type BankImportOutcome,
  eachMember,
  type FileOrigin,
  type FileReceipt,
  type FileStatement,
  type FileStatements,
  importWhereItBelongs,
  noteReceipt,
  readFileStatements,
  type ReceiptFault,
  storedFaults,
} from '../banking/index.ts';
import { type OperatorFile, operatorFile, takeMandateFile } from '../consumer-invoicing/index.ts';
import { markConnected } from '../integrations/index.ts';
import { takeIds } from '../ledger/index.ts';
import { readStatusReport, StatusReportFault, takeStatusReport } from '../payments/index.ts';
import { AppError } from '../platform/errors.ts';
import { storageKey } from '../platform/files/file-storage.ts';
import type { FileStore } from '../platform/files/file-store.ts';
import type { StagedFile } from '../platform/files/staged-file.ts';
import type { Platform } from '../platform/operation.ts';
import type { Address, DeliveryAddresses } from './delivery-addresses.ts';
import { divideFile, isDivisible } from './divide-file.ts';
import { type FileProblem, fileProblem } from './errors.ts';

export interface DeliveryWork {
  platform: Platform & { files: FileStore };
  mailbox: string;
  addresses: DeliveryAddresses;
  signal: AbortSignal;
}

/**
 * The outcome of a file: it is kept entirely, or parts of it have no owner, or it stays in the mailbox and is tried again.
 */
export type FileOutcome =
  | { kind: 'taken'; clientAccounts: number[] }
  | { kind: 'held'; clientAccounts: number[]; accounts: string[]; problem: FileProblem; storageKey: string }
  | { kind: 'postponed'; problem: FileProblem };

/**
 * Imports a file that was fetched completely: a status report for its order, statements for the client accounts that own the
 * accounts.
 */
export async function deliverFile(work: DeliveryWork, file: StagedFile): Promise<FileOutcome> {
  if (file.beginning.toString('latin1').includes('CstmrPmtStsRpt')) return deliverReport(work, file);
  if (/^NY\d{6}/.test(file.beginning.toString('latin1'))) {
    const mandates = await operatorFile(file.path);
    if (mandates) return deliverMandates(work, file, mandates);
  }
  return deliverPayments(work, file);
}

async function deliverPayments(work: DeliveryWork, file: StagedFile): Promise<FileOutcome> {
  const read = await readFileStatements(file);
  if (read.isCutOff) return { kind: 'postponed', problem: fileProblem('cut_off') };
  if (read.errors.length > 0) {
    await noteUnreadable(work, file, read);
    return { kind: 'postponed', problem: fileProblem('unreadable') };
  }
  return deliverStatements(work, file, read);
}

async function deliverReport({ platform, mailbox }: DeliveryWork, file: StagedFile): Promise<FileOutcome> {
  try {
    const report = await readStatusReport(createReadStream(file.path));
    const outcome = await takeStatusReport(platform, report);
    if (outcome.status === 'unknown') return hold(platform, file, [], fileProblem('unknown_order'));
    const { clientAccountId, orderId, bic, status } = outcome;
    await noteDelivery(platform, {
      clientAccountId,
      mailbox,
      bic,
      fileName: file.name,
      kind: 'payment_status',
      status: status === 'known' ? 'known' : 'imported',
      orderId,
    });
    return { kind: 'taken', clientAccounts: [clientAccountId] };
  } catch (error) {
    if (!(error instanceof StatusReportFault)) throw error;
    return { kind: 'postponed', problem: fileProblem(error.isCutOff ? 'cut_off' : 'unreadable') };
  }
}

/**
 * Mandates of AvtaleGiro, for each client account its own. A file of the operator may also hold payments, and be for several
 * client accounts. Both may be imported again: known records do not change.
 */
async function deliverMandates(work: DeliveryWork, file: StagedFile, operators: OperatorFile): Promise<FileOutcome> {
  const { platform, mailbox, addresses, signal } = work;
  const outcome = operators.hasPayments ? await deliverPayments(work, file) : null;
  if (outcome?.kind === 'postponed') return outcome;
  const clientAccounts = new Set(outcome?.clientAccounts);
  const unknown = outcome?.kind === 'held' ? [...outcome.accounts] : [];
  const owners = new Map<number, { address: Address; accounts: Set<string> }>();
  for (const account of operators.mandateAccounts) {
    const found = addresses.of({ bban: account, iban: null, other: null });
    const [address] = found;
    if (found.length !== 1) unknown.push(account);
    else {
      const owner = owners.get(address!.clientAccountId) ?? { address: address!, accounts: new Set() };
      owners.set(address!.clientAccountId, { ...owner, accounts: owner.accounts.add(account) });
    }
  }
  let isRefused = false;
  for (const { address, accounts } of owners.values()) {
    signal.throwIfAborted();
    const { clientAccountId, bic } = address;
    const delivery = { clientAccountId, mailbox, bic, fileName: file.name, kind: 'mandates' } as const;
    try {
      const taken = await takeMandateFile(platform, { caller: null, clientAccountId, accounts }, () =>
        createReadStream(file.path),
      );
      const status = taken.already_imported ? 'known' : 'imported';
      await noteDelivery(platform, { ...delivery, status, imported: taken.changed });
      clientAccounts.add(clientAccountId);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      isRefused = true;
      const fault = {
        code: error.code,
        line: null,
        path: null,
        message: error.sentence('nb'),
        message_en: error.sentence('en'),
      };
      await noteDelivery(platform, { ...delivery, status: 'refused', errors: [fault] });
    }
  }
  if (isRefused) return { kind: 'postponed', problem: fileProblem('refused') };
  if (unknown.length > 0)
    return {
      ...(await hold(platform, file, unknown, fileProblem('unknown_account'))),
      clientAccounts: [...clientAccounts],
    };
  return { kind: 'taken', clientAccounts: [...clientAccounts] };
}

async function deliverStatements(work: DeliveryWork, file: StagedFile, read: FileStatements): Promise<FileOutcome> {
  const owned = ownersOf(work.addresses, read.statements);
  const came =
    read.isZip && !isOfOne(owned)
      ? await importMembers(work, file)
      : await importForEach(work, file, read, owned, file.name);
  const clientAccounts = [...came.clientAccounts];
  // The mailbox keeps the file until the cause is fixed.
  if (came.isRefused) return { kind: 'postponed', problem: fileProblem('refused') };
  if (!came.isDivisible || came.unknown.length > 0) {
    const problem = fileProblem(came.isDivisible ? 'unknown_account' : 'not_divisible');
    return { ...(await hold(work.platform, file, came.unknown, problem)), clientAccounts };
  }
  return { kind: 'taken', clientAccounts };
}

/** The outcome of the statements of a file. */
interface Imported {
  clientAccounts: Set<number>;
  /** Accounts without an owner here. */
  unknown: string[];
  isRefused: boolean;
  /** False for a file of several client accounts in a format that cannot be divided: nothing of it was imported. */
  isDivisible: boolean;
}

async function importForEach(
  work: DeliveryWork,
  file: StagedFile,
  read: FileStatements,
  owned: Owned,
  fileName: string,
): Promise<Imported> {
  const { owners, unknown } = owned;
  const came: Imported = { clientAccounts: new Set(), unknown, isRefused: false, isDivisible: true };
  const isWhole = isOfOne(owned);
  if (!isWhole && owners.size > 0 && !isDivisible(read.format)) return { ...came, isDivisible: false };
  for (const { address, statements } of owners.values()) {
    const part = isWhole ? file : await partOf(work, file, read, statements);
    try {
      const isTaken = await importPart(work, part, address, fileName, isWhole ? read : null);
      came.isRefused ||= !isTaken;
      came.clientAccounts.add(address.clientAccountId);
    } finally {
      if (part !== file) await part.discard();
    }
  }
  return came;
}

/** The files of a ZIP, each handled as a separate delivery. */
async function importMembers(work: DeliveryWork, file: StagedFile): Promise<Imported> {
  const all: Imported = { clientAccounts: new Set(), unknown: [], isRefused: false, isDivisible: true };
  await eachMember(file, async ({ name, size, content }) => {
    const member = await work.platform.files.stage(content, size + 1);
    member.name = name.slice(name.lastIndexOf('/') + 1);
    try {
      const read = await readFileStatements(member);
      const owned = ownersOf(work.addresses, read.statements);
      const came = await importForEach(work, member, read, owned, `${file.name}/${name}`.slice(0, 255));
      for (const id of came.clientAccounts) all.clientAccounts.add(id);
      all.unknown = [...new Set([...all.unknown, ...came.unknown])];
      all.isRefused ||= came.isRefused;
      all.isDivisible &&= came.isDivisible;
    } finally {
      await member.discard();
    }
  });
  return all;
}

interface Owner {
  address: Address;
  statements: FileStatement[];
}

type Owned = ReturnType<typeof ownersOf>;

function isOfOne({ owners, unknown }: Owned): boolean {
  return owners.size === 1 && unknown.length === 0;
}

/**
 * The client account of each statement. An account with two owners, or with another owner in the file, counts as one without
 * an owner.
 */
export function ownersOf(addresses: DeliveryAddresses, statements: readonly FileStatement[]) {
  const owners = new Map<number, Owner>();
  const unknown: string[] = [];
  for (const statement of statements) {
    const { account } = statement;
    const found = addresses.of(account);
    const [address] = found;
    if (found.length !== 1 || isOthers(account.ownerId, address!.organizationNumber)) {
      unknown.push(account.bban ?? account.iban ?? account.other ?? '');
      continue;
    }
    const owner = owners.get(address!.clientAccountId);
    if (owner) owner.statements.push(statement);
    else owners.set(address!.clientAccountId, { address: address!, statements: [statement] });
  }
  return { owners, unknown: [...new Set(unknown)] };
}

/** Some banks name the owner by organisation number: a second check of the owner. */
function isOthers(ownerId: string | null, organizationNumber: string | null): boolean {
  const named = ownerId?.replace(/\s/g, '') ?? '';
  return /^\d{9}$/.test(named) && organizationNumber !== null && named !== organizationNumber;
}

async function partOf(
  { platform }: DeliveryWork,
  file: StagedFile,
  { format }: FileStatements,
  statements: readonly FileStatement[],
): Promise<StagedFile> {
  const keep = new Set(statements.map(({ index }) => index));
  const part = await platform.files.stage(divideFile(file.path, format!, keep), 2 * file.size + 1_000_000);
  part.name = file.name;
  return part;
}

/** False when the import refused the whole file: nothing of it is kept. */
async function importPart(
  { platform, mailbox, signal }: DeliveryWork,
  file: StagedFile,
  address: Address,
  fileName: string,
  read: FileStatements | null,
): Promise<boolean> {
  const { clientAccountId, userId, bic } = address;
  const outcome: BankImportOutcome = await importWhereItBelongs(
    platform,
    { clientAccountId, signal, progress: () => signal.throwIfAborted() },
    {
      file,
      clientAccountId,
      bankAccountId: null,
      acceptSuspicious: false,
      userId,
      origin: { mailbox, bic, fileName },
      read: read?.whole,
    },
  );
  const delivery = { clientAccountId, mailbox, bic, fileName, kind: 'statement' } as const;
  if (outcome.status === 'refused') {
    await noteDelivery(platform, { ...delivery, status: 'refused', errors: outcome.errors });
    return false;
  }
  const { already_imported, import_id, counts, errors, statements } = outcome.result;
  if (already_imported)
    await noteDelivery(platform, {
      ...delivery,
      status: 'known',
      importId: import_id,
      imported: counts.imported,
      errors,
    });
  if (!address.isReady)
    await connect(
      platform,
      address,
      statements.flatMap(({ bank_account_id }) => bank_account_id ?? []),
    );
  return true;
}

/** Bank accounts whose first file this is: it proves that the agreement is active. */
async function connect({ database, clock }: Platform, { clientAccountId, bic }: Address, bankAccountIds: number[]) {
  if (bankAccountIds.length === 0) return;
  await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
    markConnected(tx, { clientAccountId, bic, now: clock.now(), bankAccountIds, services: ['statements'] }),
  );
}

/** An unreadable file is reported to its probable owner, as far as it could be read. */
async function noteUnreadable({ platform, mailbox, addresses }: DeliveryWork, file: StagedFile, read: FileStatements) {
  const { owners, unknown } = ownersOf(addresses, read.statements);
  const [owner] = owners.values();
  if (!owner || owners.size > 1 || unknown.length > 0) return;
  const { clientAccountId, bic } = owner.address;
  await noteDelivery(platform, {
    clientAccountId,
    mailbox,
    bic,
    fileName: file.name,
    kind: 'statement',
    status: 'refused',
    errors: read.errors,
  });
}

/** Stores the bytes where all nodes can read them. */
async function hold(
  { files }: { files: FileStore },
  file: StagedFile,
  accounts: string[],
  problem: FileProblem,
): Promise<Extract<FileOutcome, { kind: 'held' }>> {
  const key = storageKey(0, file.sha256);
  if (!(await files.storage.has(key))) await files.storage.put(key, file);
  return {
    kind: 'held',
    clientAccounts: [],
    accounts: accounts.length > 0 ? accounts : ['?'],
    problem,
    storageKey: key,
  };
}

interface NewDelivery extends FileOrigin {
  clientAccountId: number;
  kind: FileReceipt['kind'];
  status: FileReceipt['status'];
  importId?: number | null;
  orderId?: number;
  imported?: number;
  errors?: readonly ReceiptFault[];
}

/**
 * Records the outcome of a file for a client account, unless its import has recorded it. An identical refusal is recorded
 * once.
 */
async function noteDelivery({ database, clock }: Platform, delivery: NewDelivery): Promise<void> {
  const { clientAccountId, fileName, status, kind } = delivery;
  const now = clock.now();
  const errors = storedFaults(delivery.errors ?? []);
  await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    const known =
      status === 'imported'
        ? undefined
        : await tx.maybe(sql`
            select 1 as known from bank_deliveries where client_account_id = ${clientAccountId} and file_name = ${fileName}
              and kind = ${kind} and status = ${status} and errors = ${errors}::jsonb
              and received_at > ${new Date(now.getTime() - 7 * 86_400_000)} limit 1`);
    if (known) return;
    const id = await takeIds(tx, clientAccountId);
    await noteReceipt(tx, { ...delivery, id, receivedAt: now, errors });
  });
}
