import { readFileSync } from 'node:fs';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../platform/database/pool.ts';
import { type Config, ConfigFaults } from '../platform/config.ts';
import { Outbound, type OutboundWorld } from '../platform/outbound/outbound.ts';
import type { Outside } from '../platform/outbound/outside.ts';
import type { Log } from '../platform/operation.ts';
import { WebhookClient } from './webhooks/webhook-client.ts';
import { EfakturaClient } from './efaktura/efaktura-client.ts';
import { readBankDirectory } from './banks/bank-directory.ts';
import { EnhetsregisteretClient } from './enhetsregisteret/enhetsregisteret-client.ts';
import { Altinn } from './altinn/altinn.ts';
import { Altinn2 } from './altinn/altinn2.ts';
import { AltinnTokens } from './altinn/altinn-token.ts';
import { registerSystem, type Registration } from './altinn/system-register/register-system.ts';
import {
  type AskedRights,
  SystemUserClient,
  type SystemUserOptions,
} from './altinn/system-users/system-user-client.ts';
import { DialogportenClient } from './dialogporten/dialogporten-client.ts';
import { IdPorten } from './id-porten/id-porten.ts';
import { type MailboxConfig, openMailboxes } from './bank-mailbox/open-mailboxes.ts';
import { Maskinporten } from './maskinporten/maskinporten.ts';
import { PeppolCarrier } from './peppol/peppol-carrier.ts';
import { Peppol } from './peppol/peppol.ts';
import { readWireFile, WIRE } from './peppol/access-point/wire.ts';
import { Trust } from './peppol/signature/trust.ts';
import { readSigningKey, type SigningKey } from './maskinporten/signing-key.ts';
import { SERVICE as ID_PORTEN } from './id-porten/refusal.ts';
import { EiendomClient } from './skatteetaten/eiendom/eiendom-client.ts';
import { MvaMeldingClient } from './skatteetaten/mva-melding/mva-melding-client.ts';

type IntegrationConfig = Pick<
  Config,
  | 'maskinportenClientId'
  | 'maskinportenIssuer'
  | 'maskinportenKey'
  | 'maskinportenKeyFile'
  | 'maskinportenKeyId'
  | 'maskinportenCertificateFile'
  | 'skatteetatenUrl'
  | 'efakturaUrl'
  | 'efakturaToken'
  | 'avtaleGiroSender'
  | 'enhetsregisteretUrl'
  | 'banksFile'
  | 'peppolAccessPointUrl'
  | 'peppolAccessPointToken'
  | 'peppolAccessPointId'
  | 'peppolAccessPointWireFile'
  | 'peppolZone'
  | 'peppolLookup'
  | 'peppolDnsServer'
  | 'peppolSmpCertificates'
  | 'peppolSmpCertificatesFile'
  | 'supplierName'
  | 'supplierNumber'
  | 'dataReceiverId'
  | 'idPortenClientId'
  | 'idPortenIssuer'
  | 'idPortenKey'
  | 'idPortenKeyFile'
  | 'idPortenKeyId'
  | 'idPortenCertificateFile'
  | 'idPortenScopes'
  | 'idPortenLevel'
  | 'idPortenPushed'
  | 'altinnUrl'
  | 'altinnScopes'
  | 'altinnParties'
  | 'altinnReportees'
  | 'altinn2Url'
  | 'altinn2ApiKey'
  | 'mvaValidationUrl'
  | 'mvaAppUrl'
  | 'altinnSystemId'
  | 'altinnRights'
  | 'altinnAccessPackages'
  | 'altinnTokenExchange'
  | 'dialogportenUrl'
  | 'dialogportenTokenExchange'
  | 'webhookPrivateAddresses'
> &
  MailboxConfig;

interface World extends OutboundWorld {
  clock: Clock;
  log: Log;
  /** The address that users see and return to after a login elsewhere. Without it logins there are disabled. */
  publicUrl?: string;
  /** The database with the client accounts that have activated Peppol; without it nothing is sent there. */
  database?: Database;
}

/**
 * The clients of all configured parties. No call is made yet.
 *
 * @throws ConfigFaults if a key or certificate cannot be read.
 */
export function openIntegrations(config: IntegrationConfig, world: World): Partial<Outside> {
  const outbound = new Outbound(world);
  const { efakturaUrl: url, efakturaToken: token = '', avtaleGiroSender } = config;
  return {
    outbound,
    webhooks: new WebhookClient({ toPrivate: config.webhookPrivateAddresses }, outbound),
    ...ofEverybody(config, { ...world, outbound }),
    ...ofMachines(config, { ...world, outbound }),
    ...ofUsers(config, { ...world, outbound }),
    ...ofPeppol(config, { ...world, outbound }),
    bankMailboxes: openMailboxes(config, { ...world, outbound }),
    ...(url ? { efaktura: new EfakturaClient({ url, token }, outbound) } : {}),
    ...(avtaleGiroSender ? { avtaleGiroSender } : {}),
  };
}

type Opened = World & { outbound: Outbound };

/** Clients that need no key. */
function ofEverybody(config: IntegrationConfig, world: Opened): Partial<Outside> {
  const { banksFile, enhetsregisteretUrl, supplierName, supplierNumber, dataReceiverId } = config;
  return {
    systemSupplier: {
      name: supplierName,
      organizationNumber: supplierNumber ?? null,
      dataReceiverId: dataReceiverId ?? null,
    },
    ...(banksFile ? { banks: readBankDirectory(banksFile) } : {}),
    ...(enhetsregisteretUrl ? { enhetsregisteret: new EnhetsregisteretClient(enhetsregisteretUrl, world) } : {}),
  };
}

/** Clients that use our own key, for ourselves or for a client account's organisation. */
function ofMachines(config: IntegrationConfig, world: Opened): Partial<Outside> {
  if (!config.maskinportenClientId) return {};
  const maskinporten = maskinportenOf(config, config.maskinportenClientId, world);
  const tokens = new AltinnTokens(config.altinnUrl, { ...world, maskinporten });
  return {
    eiendom: new EiendomClient(config.skatteetatenUrl, { ...world, maskinporten }),
    dialogporten: new DialogportenClient(
      { url: config.dialogportenUrl, exchanges: config.dialogportenTokenExchange },
      { ...world, tokens },
    ),
    ...(config.altinnSystemId
      ? { systemUsers: new SystemUserClient(systemUserOptions(config, config.altinnSystemId), { ...world, tokens }) }
      : {}),
  };
}

function maskinportenOf(config: IntegrationConfig, clientId: string, world: Opened): Maskinporten {
  const key = signingKeyOf('Maskinporten', 'MASKINPORTEN', {
    key: config.maskinportenKey,
    keyFile: config.maskinportenKeyFile,
    keyId: config.maskinportenKeyId,
    certificateFile: config.maskinportenCertificateFile,
  });
  return new Maskinporten({ issuer: `${config.maskinportenIssuer}/`, clientId, key }, world);
}

/** Clients that act for a user who is connected through ID-porten. */
function ofUsers(config: IntegrationConfig, world: Opened): Partial<Outside> {
  const { idPortenClientId: clientId, idPortenIssuer: issuer, idPortenLevel: level, idPortenPushed: pushed } = config;
  const { publicUrl } = world;
  if (!clientId || !publicUrl) return {};
  const key = signingKeyOf(ID_PORTEN, 'ID_PORTEN', {
    key: config.idPortenKey,
    keyFile: config.idPortenKeyFile,
    keyId: config.idPortenKeyId,
    certificateFile: config.idPortenCertificateFile,
  });
  const scopes = scopesOf(`openid ${config.idPortenScopes}`);
  return {
    idPorten: new IdPorten({ issuer, clientId, key, scopes, level, pushed, publicUrl }, world),
    altinn: new Altinn(
      {
        url: config.altinnUrl,
        scopes: scopesOf(config.altinnScopes),
        parties: config.altinnParties,
        reportees: config.altinnReportees,
      },
      world,
    ),
    mvaMelding: new MvaMeldingClient(
      { validationUrl: config.mvaValidationUrl, appUrl: config.mvaAppUrl, platformUrl: config.altinnUrl },
      world,
    ),
    ...(config.altinn2ApiKey
      ? { altinn2: new Altinn2({ url: config.altinn2Url, apiKey: config.altinn2ApiKey }, world) }
      : {}),
  };
}

/** The Peppol network, and what is sent over it for client accounts that have activated it. */
function ofPeppol(config: IntegrationConfig, world: Opened): Partial<Outside> {
  const { peppolAccessPointUrl: url, peppolAccessPointToken: token = '', peppolAccessPointId: accessPointId } = config;
  if (!url || !accessPointId) return {};
  const { peppolAccessPointWireFile: wireFile, peppolSmpCertificatesFile: file } = config;
  const peppol = new Peppol(
    {
      accessPoint: {
        url,
        token,
        wire: wireFile ? readOr('PEPPOL_ACCESS_POINT_WIRE_FILE', () => readWireFile(wireFile)) : WIRE,
      },
      accessPointId,
      sml: {
        zone: config.peppolZone,
        form: config.peppolLookup,
        server: config.peppolDnsServer,
        timeoutMs: world.timeoutMs,
      },
      trust: readOr(file ? 'PEPPOL_SMP_CERTIFICATES_FILE' : 'PEPPOL_SMP_CERTIFICATES', () =>
        Trust.fromPem(file ? readFileSync(file, 'utf8') : (config.peppolSmpCertificates ?? '')),
      ),
    },
    world,
  );
  return { peppol, ...(world.database ? { invoiceCarrier: new PeppolCarrier(peppol, world.database) } : {}) };
}

function readOr<T>(setting: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ConfigFaults([`${setting}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`]);
  }
}

function scopesOf(text: string): string[] {
  return [...new Set(text.split(/\s+/).filter(Boolean))];
}

function systemUserOptions(config: IntegrationConfig, systemId: string): SystemUserOptions {
  return { url: config.altinnUrl, systemId, exchanges: config.altinnTokenExchange, ...askedRights(config) };
}

/** The rights that the system is registered with and that customers are asked to grant. */
function askedRights({
  altinnRights,
  altinnAccessPackages = [],
}: Pick<Config, 'altinnRights' | 'altinnAccessPackages'>): AskedRights {
  return {
    rights: altinnRights.map((value) => ({ resource: [{ id: 'urn:altinn:resource', value }] })),
    accessPackages: altinnAccessPackages.map((name) => ({ urn: `urn:altinn:accesspackage:${name}` })),
  };
}

/**
 * Registers the configured system at Altinn, or updates it.
 *
 * @throws ConfigFaults if the configuration has no system or no client; system_users.refused, the maskinporten and the
 * outbound errors.
 */
export function registerConfiguredSystem(
  config: IntegrationConfig & Pick<Config, 'publicUrl'>,
  options: { dryRun: boolean },
  world: OutboundWorld & { clock: Clock; log: Log },
): Promise<Registration> {
  const { maskinportenClientId: clientId, altinnSystemId: systemId } = config;
  if (!clientId || !systemId)
    throw new ConfigFaults(
      [clientId ? [] : 'MASKINPORTEN_CLIENT_ID: required', systemId ? [] : 'ALTINN_SYSTEM_ID: required'].flat(),
    );
  const outbound = new Outbound(world);
  const maskinporten = maskinportenOf(config, clientId, { ...world, outbound });
  const tokens = new AltinnTokens(config.altinnUrl, { ...world, outbound, maskinporten });
  const wish = { systemId, clientId, publicUrl: config.publicUrl ?? null, ...askedRights(config) };
  return registerSystem(wish, options, {
    url: config.altinnUrl,
    exchanges: config.altinnTokenExchange,
    outbound,
    tokens,
  });
}

interface KeySettings {
  key: string | undefined;
  keyFile: string | undefined;
  keyId: string | undefined;
  certificateFile: string | undefined;
}

function signingKeyOf(party: string, env: string, { key, keyFile, keyId, certificateFile }: KeySettings): SigningKey {
  const read = (name: string, file: string) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new ConfigFaults([`${name}=${file}: ${(error as NodeJS.ErrnoException).code ?? 'cannot be read'}`]);
    }
  };
  const text = key ?? read(`${env}_KEY_FILE`, keyFile ?? '');
  const certificate = certificateFile && read(`${env}_CERTIFICATE_FILE`, certificateFile);
  try {
    return readSigningKey({ key: text, keyId, certificate }, party);
  } catch (error) {
    throw new ConfigFaults([(error as Error).message]);
  }
}
