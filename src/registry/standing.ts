import sql, { raw, type Sql } from 'sql-template-tag';
import type { LocalDate } from '../kernel/local-date.ts';
import type { Text } from '../platform/errors.ts';
import { DateText, nullable, type Static, strict, Type } from '../platform/http/schema.ts';
import type { RegisteredFacts, RegisterStatus } from './registered-organization.ts';

export const STANDINGS = [
  'active',
  'bankrupt',
  'under_liquidation',
  'under_compulsory_dissolution',
  'deleted',
  'removed',
] as const;
export type Standing = (typeof STANDINGS)[number];

/** The state of an organisation in Enhetsregisteret, with a note if readers need one; null if unknown. */
export const RegistryView = nullable(
  strict({
    standing: Type.Enum([...STANDINGS]),
    since: nullable(DateText),
    note: nullable(strict({ nb: Type.String(), en: Type.String() })),
  }),
);
export type RegistryView = Static<typeof RegistryView>;

type StandingFacts = Pick<
  RegisteredFacts,
  'is_bankrupt' | 'is_under_liquidation' | 'is_under_compulsory_dissolution' | 'since'
> & { status: RegisterStatus };

/**
 * A column `registry` with the facts that `registryView` reads, for the number in a column such as
 * `business_partners.organization_number`.
 */
export function registryColumn(numberColumn: string): Sql {
  return sql`(select jsonb_build_object('status', r.status, 'is_bankrupt', r.is_bankrupt,
    'is_under_liquidation', r.is_under_liquidation,
    'is_under_compulsory_dissolution', r.is_under_compulsory_dissolution, 'since', r.since)
    from registered_organizations r where r.organization_number = ${raw(numberColumn)}) as registry`;
}

export type RegistryRow = StandingFacts | null;

export function registryView(row: RegistryRow): RegistryView {
  const standing = row && standingOf(row);
  if (!standing) return null;
  return { standing, since: row.since, note: noteOf(standing, row.since) };
}

/** The most serious fact; null if the register was not queried, or has no such number. */
export function standingOf(facts: StandingFacts): Standing | null {
  if (facts.status === 'unasked' || facts.status === 'unknown') return null;
  if (facts.status === 'deleted' || facts.status === 'removed') return facts.status;
  if (facts.is_bankrupt) return 'bankrupt';
  if (facts.is_under_compulsory_dissolution) return 'under_compulsory_dissolution';
  return facts.is_under_liquidation ? 'under_liquidation' : 'active';
}

const NOTES: Record<Exclude<Standing, 'active'>, Text> = {
  bankrupt: { nb: 'Konkurs', en: 'Bankrupt' },
  under_liquidation: { nb: 'Under avvikling', en: 'Under liquidation' },
  under_compulsory_dissolution: {
    nb: 'Under tvangsavvikling eller tvangsoppløsning',
    en: 'Under compulsory liquidation or dissolution',
  },
  deleted: { nb: 'Slettet fra Enhetsregisteret', en: 'Deleted from Enhetsregisteret' },
  removed: { nb: 'Fjernet fra Enhetsregisteret', en: 'Removed from Enhetsregisteret' },
};

function noteOf(standing: Standing, since: LocalDate | null): Text | null {
  if (standing === 'active') return null;
  const { nb, en } = NOTES[standing];
  return since === null ? { nb, en } : { nb: `${nb} fra ${since}`, en: `${en} since ${since}` };
}
