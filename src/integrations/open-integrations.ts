import { readFileSync } from 'node:fs';
import type { Clock } from '../kernel/clock.ts';
import { type Config, ConfigFaults } from '../platform/config.ts';
import { Outbound, type OutboundWorld } from '../platform/outbound/outbound.ts';
import type { Outside } from '../platform/outbound/outside.ts';
import type { Log } from '../platform/operation.ts';
import { Altinn } from './altinn/altinn.ts';
import { IdPorten } from './id-porten/id-porten.ts';
import { Maskinporten } from './maskinporten/maskinporten.ts';
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
>;

interface World extends OutboundWorld {
  clock: Clock;
  log: Log;
  /** The address users see; what they come back to after a login elsewhere. Without it nobody logs in there. */
  publicUrl?: string;
}

/**
 * The clients of every party that the configuration connects to. Nothing is asked yet.
 *
 * @throws ConfigFaults where a key or certificate cannot be read.
 */
export function openIntegrations(config: IntegrationConfig, world: World): Partial<Outside> {
  const outbound = new Outbound(world);
  return { outbound, ...ofMachines(config, { ...world, outbound }), ...ofUsers(config, { ...world, outbound }) };
}

type Opened = World & { outbound: Outbound };

/** What is reached with our own key, for a client account's organisation. */
function ofMachines(config: IntegrationConfig, world: Opened): Partial<Outside> {
  const { maskinportenClientId: clientId, maskinportenIssuer, skatteetatenUrl } = config;
  if (!clientId) return {};
  const key = signingKeyOf('Maskinporten', 'MASKINPORTEN', {
    key: config.maskinportenKey,
    keyFile: config.maskinportenKeyFile,
    keyId: config.maskinportenKeyId,
    certificateFile: config.maskinportenCertificateFile,
  });
  const maskinporten = new Maskinporten({ issuer: `${maskinportenIssuer}/`, clientId, key }, world);
  return { eiendom: new EiendomClient(skatteetatenUrl, { ...world, maskinporten }) };
}

/** What is reached for a user who is connected through ID-porten. */
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
      { url: config.altinnUrl, scopes: scopesOf(config.altinnScopes), parties: config.altinnParties },
      world,
    ),
    mvaMelding: new MvaMeldingClient(
      { validationUrl: config.mvaValidationUrl, appUrl: config.mvaAppUrl, platformUrl: config.altinnUrl },
      world,
    ),
  };
}

function scopesOf(text: string): string[] {
  return [...new Set(text.split(/\s+/).filter(Boolean))];
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
