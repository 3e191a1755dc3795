import { readFileSync } from 'node:fs';
import type { Clock } from '../kernel/clock.ts';
import { type Config, ConfigFaults } from '../platform/config.ts';
import { Outbound, type OutboundWorld } from '../platform/outbound/outbound.ts';
import type { Outside } from '../platform/outbound/outside.ts';
import type { Log } from '../platform/operation.ts';
import { readBankDirectory } from './banks/bank-directory.ts';
import { EnhetsregisteretClient } from './enhetsregisteret/enhetsregisteret-client.ts';
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
  | 'enhetsregisteretUrl'
  | 'banksFile'
  | 'supplierName'
  | 'supplierNumber'
  | 'dataReceiverId'
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
  const {
    maskinportenClientId: clientId,
    maskinportenIssuer,
    skatteetatenUrl,
    enhetsregisteretUrl,
    banksFile,
  } = config;
  const open: Partial<Outside> = {
    outbound,
    systemSupplier: {
      name: config.supplierName,
      organizationNumber: config.supplierNumber ?? null,
      dataReceiverId: config.dataReceiverId ?? null,
    },
    ...(banksFile ? { banks: readBankDirectory(banksFile) } : {}),
    ...(enhetsregisteretUrl
      ? { enhetsregisteret: new EnhetsregisteretClient(enhetsregisteretUrl, { outbound, clock: world.clock }) }
      : {}),
  };
  if (!clientId) return open;
  const maskinporten = new Maskinporten(
    { issuer: `${maskinportenIssuer}/`, clientId, key: signingKeyOf(config) },
    { outbound, ...world },
  );
  return { ...open, eiendom: new EiendomClient(skatteetatenUrl, { outbound, maskinporten }) };
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
