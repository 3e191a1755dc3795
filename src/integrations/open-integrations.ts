import { readFileSync } from 'node:fs';
import type { Clock } from '../kernel/clock.ts';
import { type Config, ConfigFaults } from '../platform/config.ts';
import { Outbound, type OutboundWorld } from '../platform/outbound/outbound.ts';
import type { Outside } from '../platform/outbound/outside.ts';
import type { Log } from '../platform/operation.ts';
import { AltinnTokens } from './altinn/altinn-token.ts';
import { registerSystem, type Registration } from './altinn/system-register/register-system.ts';
import {
  type AskedRights,
  SystemUserClient,
  type SystemUserOptions,
} from './altinn/system-users/system-user-client.ts';
import { DialogportenClient } from './dialogporten/dialogporten-client.ts';
import { Maskinporten } from './maskinporten/maskinporten.ts';
import { readSigningKey, type SigningKey } from './maskinporten/signing-key.ts';
import { EiendomClient } from './skatteetaten/eiendom/eiendom-client.ts';

type IntegrationConfig = Pick<
  Config,
  | 'maskinportenClientId'
  | 'maskinportenIssuer'
  | 'maskinportenKey'
  | 'maskinportenKeyFile'
  | 'maskinportenKeyId'
  | 'maskinportenCertificateFile'
  | 'skatteetatenUrl'
  | 'altinnUrl'
  | 'altinnSystemId'
  | 'altinnRights'
  | 'altinnAccessPackages'
  | 'altinnTokenExchange'
  | 'dialogportenUrl'
  | 'dialogportenTokenExchange'
>;

/**
 * The clients of every party that the configuration connects to. Nothing is asked yet.
 *
 * @throws ConfigFaults where a key or certificate cannot be read.
 */
export function openIntegrations(
  config: IntegrationConfig,
  world: OutboundWorld & { clock: Clock; log: Log },
): Partial<Outside> {
  const outbound = new Outbound(world);
  const { maskinportenClientId: clientId, maskinportenIssuer, skatteetatenUrl } = config;
  if (!clientId) return { outbound };
  const maskinporten = new Maskinporten(
    { issuer: `${maskinportenIssuer}/`, clientId, key: signingKeyOf(config) },
    { outbound, ...world },
  );
  const tokens = new AltinnTokens(config.altinnUrl, { outbound, maskinporten, clock: world.clock });
  return {
    outbound,
    eiendom: new EiendomClient(skatteetatenUrl, { outbound, maskinporten }),
    dialogporten: new DialogportenClient(
      { url: config.dialogportenUrl, exchanges: config.dialogportenTokenExchange },
      { outbound, tokens, clock: world.clock },
    ),
    ...(config.altinnSystemId
      ? { systemUsers: new SystemUserClient(systemUserOptions(config, config.altinnSystemId), { outbound, tokens }) }
      : {}),
  };
}

function systemUserOptions(config: IntegrationConfig, systemId: string): SystemUserOptions {
  return { url: config.altinnUrl, systemId, exchanges: config.altinnTokenExchange, ...askedRights(config) };
}

/** What the system is registered with, and customers are asked for. */
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
 * Registers the configured system at Altinn, or brings it up to date.
 *
 * @throws ConfigFaults where the configuration names no system or no client; system_users.refused, the maskinporten and the
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
  const maskinporten = new Maskinporten(
    { issuer: `${config.maskinportenIssuer}/`, clientId, key: signingKeyOf(config) },
    { outbound, ...world },
  );
  const tokens = new AltinnTokens(config.altinnUrl, { outbound, maskinporten, clock: world.clock });
  const wish = { systemId, clientId, publicUrl: config.publicUrl ?? null, ...askedRights(config) };
  return registerSystem(wish, options, {
    url: config.altinnUrl,
    exchanges: config.altinnTokenExchange,
    outbound,
    tokens,
  });
}

function signingKeyOf(config: IntegrationConfig): SigningKey {
  const { maskinportenKey, maskinportenKeyFile, maskinportenKeyId, maskinportenCertificateFile } = config;
  const read = (env: string, file: string) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new ConfigFaults([`${env}=${file}: ${(error as NodeJS.ErrnoException).code ?? 'cannot be read'}`]);
    }
  };
  const key = maskinportenKey ?? read('MASKINPORTEN_KEY_FILE', maskinportenKeyFile ?? '');
  const certificate = maskinportenCertificateFile && read('MASKINPORTEN_CERTIFICATE_FILE', maskinportenCertificateFile);
  try {
    return readSigningKey({ key, keyId: maskinportenKeyId, certificate });
  } catch (error) {
    throw new ConfigFaults([(error as Error).message]);
  }
}
