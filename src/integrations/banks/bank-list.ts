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

/** Every bank that can be connected, or those that a client account uses, with how its integration stands. */
export const listBanks = readOperation({
  name: 'bank-integration.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run({ tx, platform }, { clientAccountId }: { clientAccountId: number | null }) {
    if (clientAccountId === null) return bankDirectory(platform).banks.map(bankView);
    const standings = await bankStandings(tx, platform, clientAccountId);
    return standings.map((standing) => ({ ...bankView(standing.bank), status: bankStatus(standing) }));
  },
});

function bankView({ bic, id, name, logo, website, country }: SupportedBank) {
  return { bic, organization: { id, name, logo, website, country } };
}
