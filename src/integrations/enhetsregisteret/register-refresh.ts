import sql from 'sql-template-tag';
import { isOrganizationNumber } from '../../kernel/check-digits.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { AppError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import type { EnhetsregisteretClient, UnitAnswer } from './enhetsregisteret-client.ts';
import type { Unit } from './unit.ts';

/** Units queried in one round. */
const MOST = 500;
const AT_ONCE = 5;
const DAY_MS = 86_400_000;
/** When a unit is queried again without a change in the feed. */
const AGAIN_AFTER = { unit: 30 * DAY_MS, unknown: 7 * DAY_MS, removed: 30 * DAY_MS, failed: DAY_MS / 24 };
/** A single unreadable response concerns its unit; several in a row concern the register. */
const FAILURES_IN_A_ROW = 3;

interface Due {
  organization_number: string;
  due_at: Date;
}

/**
 * Queries the register about the organisations that are due: new here, changed there, or not queried for long. Returns
 * the number of responses. Stops at the first sign that the register is down; the others remain due.
 */
export async function refreshDue(
  platform: Platform,
  client: EnhetsregisteretClient,
  signal: AbortSignal,
): Promise<number> {
  const { database, clock, log } = platform;
  const due = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<Due>(sql`
      select organization_number, due_at from registered_organizations
      where due_at <= ${clock.now()} order by due_at, organization_number limit ${MOST}`),
  );
  const seen = { answered: 0, failures: 0 };
  const ask = async (one: Due): Promise<void> => {
    const answer = await askFor(client, one.organization_number);
    if (answer instanceof AppError) {
      seen.failures++;
      log.warn({ code: answer.code, status: answer.spec.status }, 'Enhetsregisteret did not tell about a unit');
      // A register that is down or slow does not concern the unit: it stays due.
      if (answer.spec.status !== 502) seen.failures = FAILURES_IN_A_ROW;
      else await keep(platform, (tx) => setDue(tx, one, new Date(clock.now().getTime() + AGAIN_AFTER.failed)));
      return;
    }
    seen.failures = 0;
    seen.answered++;
    const next = new Date(clock.now().getTime() + AGAIN_AFTER[answer.kind]);
    await keep(platform, async (tx) => {
      await writeAnswer(tx, one.organization_number, answer, clock.now());
      await setDue(tx, one, next);
    });
  };
  for (let i = 0; i < due.length; i += AT_ONCE) {
    if (seen.failures >= FAILURES_IN_A_ROW || signal.aborted) break;
    await Promise.all(due.slice(i, i + AT_ONCE).map(ask));
  }
  return seen.answered;
}

async function askFor(client: EnhetsregisteretClient, organizationNumber: string): Promise<UnitAnswer | AppError> {
  // Imported books contain invalid numbers, which the register would only refuse.
  if (!isOrganizationNumber(organizationNumber)) return { kind: 'unknown' };
  try {
    return await client.unit(organizationNumber);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function keep<T>({ database }: Platform, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return database.transaction({ clientAccounts: [], mode: 'write', work: 'register' }, work);
}

/** Unless a change arrived during the query: then the response may be older than the change. */
async function setDue(tx: Transaction, { organization_number: number, due_at: seen }: Due, next: Date): Promise<void> {
  await tx.execute(sql`
    update registered_organizations set due_at = ${next} where organization_number = ${number} and due_at = ${seen}`);
}

/**
 * Stores the register's response: for the records that refer to the number, and as the facts of the client accounts
 * with that number.
 */
export async function writeAnswer(
  tx: Transaction,
  organizationNumber: string,
  answer: UnitAnswer,
  now: Date,
): Promise<void> {
  const unit = answer.kind === 'unit' ? answer.unit : null;
  const status = unit ? (unit.is_deleted ? 'deleted' : 'registered') : answer.kind;
  await tx.execute(sql`
    update registered_organizations set status = ${status}, asked_at = ${now}, name = ${unit?.name ?? null},
      organization_form = ${unit?.organization_form ?? null},
      parent_organization_number = ${unit?.parent_organization_number ?? null},
      vat_registered = ${unit?.vat_registered ?? null}, is_bankrupt = ${unit?.is_bankrupt ?? false},
      is_under_liquidation = ${unit?.is_under_liquidation ?? false},
      is_under_compulsory_dissolution = ${unit?.is_under_compulsory_dissolution ?? false},
      since = ${unit?.since ?? null}, address_line = ${unit?.address_line ?? null},
      postal_code = ${unit?.postal_code ?? null}, city = ${unit?.city ?? null},
      country_code = ${unit?.country_code ?? null}, email = ${unit?.email ?? null}, phone = ${unit?.phone ?? null},
      website = ${unit?.website ?? null}, industry_code = ${unit?.industry_code ?? null}
    where organization_number = ${organizationNumber}`);
  if (unit && !unit.is_deleted) await verifyFacts(tx, unit, now);
  if (answer.kind === 'removed')
    await tx.execute(sql`
      update organizations set email = null, phone = null, address_line = null, postal_code = null, city = null,
        facts_source = 'register', verified_at = ${now}, updated_at = ${now}
      where organization_number = ${organizationNumber}`);
}

/** From now on the facts are the register's. A deleted unit has few fields; the known ones stay. */
async function verifyFacts(tx: Transaction, unit: Unit, now: Date): Promise<void> {
  const country = unit.country_code ?? 'NO';
  await tx.execute(sql`
    update organizations set name = ${unit.name}, organization_form = ${unit.organization_form},
      vat_registered = ${unit.vat_registered}, email = ${unit.email}, phone = ${unit.phone},
      address_line = ${unit.address_line}, postal_code = ${unit.postal_code}, city = ${unit.city},
      country_code = ${country}, facts_source = 'register', verified_at = ${now},
      updated_at = case when (name, organization_form, vat_registered, email, phone, address_line, postal_code, city,
          country_code) is distinct from (${unit.name}, ${unit.organization_form}, ${unit.vat_registered}::boolean,
          ${unit.email}, ${unit.phone}, ${unit.address_line}, ${unit.postal_code}, ${unit.city}, ${country})
        then ${now}::timestamptz else updated_at end
    where organization_number = ${unit.organization_number}`);
}
