import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { READERS } from '../../platform/caller.ts';
import { Id, nullable, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { bankStandings } from './bank-connection.ts';
import { bankDirectory, type SupportedBank } from './bank-directory.ts';
import { BankStatus, bankStatus } from './bank-status.ts';

export const BankView = strict({
  bic: Type.String(),
  organization: strict({
    id: Id,
    name: Type.String(),
    logo: nullable(Type.String()),
    website: nullable(Type.String()),
    country: Type.String(),
  }),
  status: Type.Optional(BankStatus),
});

/** All banks that can be connected, or those that a client account uses, with the state of its integration. */
export const listBanks = readOperation({
  name: 'bank-integration.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run({ tx, platform }, { clientAccountId }: { clientAccountId: number | null }) {
    const registered = await registeredBanks(tx);
    if (clientAccountId === null)
      return bankDirectory(platform).banks.map((bank) => bankView(bank, registered.get(bank.bic)));
    const standings = await bankStandings(tx, platform, clientAccountId);
    return standings.map((standing) => ({
      ...bankView(standing.bank, registered.get(standing.bank.bic)),
      status: bankStatus(standing),
    }));
  },
});

interface RegisteredBank {
  bic: string;
  name: string;
  website: string | null;
  country: string | null;
}

/** Enhetsregisteret's latest data of the banks. */
async function registeredBanks(tx: Transaction): Promise<Map<string, RegisteredBank>> {
  const rows = await tx.rows<RegisteredBank>(sql`
    select b.bic, r.name, r.website, r.country_code as country
    from bank_organizations b join registered_organizations r on r.organization_number = b.organization_number
    where r.status = 'registered'`);
  return new Map(rows.map((row) => [row.bic, row]));
}

function bankView({ bic, id, logo, ...configured }: SupportedBank, registered: RegisteredBank | undefined) {
  const name = registered?.name ?? configured.name;
  const website = addressOf(registered?.website) ?? configured.website;
  const country = registered?.country ?? configured.country;
  return { bic, organization: { id, name, logo, website, country } };
}

/** The register has addresses as their owners entered them, without a scheme. */
function addressOf(website: string | null | undefined): string | null {
  if (!website) return null;
  const address = /^https?:\/\//i.test(website) ? website : `https://${website}`;
  return URL.canParse(address) ? address : null;
}
