import { efaktura } from './efaktura/efaktura.ts';
import { enhetsregisteret } from './enhetsregisteret/enhetsregisteret.ts';
import { altinn } from './altinn/altinn.ts';
import { altinn2 } from './altinn2/altinn2.ts';
import { altinnAccess } from './altinn-access/altinn-access.ts';
import { dialogporten } from './dialogporten/dialogporten.ts';
import { idporten } from './idporten/idporten.ts';
import { idportenLogin } from './idporten/login-host.ts';
import { bank } from './bank/bank.ts';
import { mail } from './mail/mail.ts';
import { maskinporten } from './maskinporten/maskinporten.ts';
import { mvaApp } from './mva/app.ts';
import { mvaValidation } from './mva/validation.ts';
import { peppolAccessPoint } from './peppol/access-point.ts';
import { peppolSmp } from './peppol/smp.ts';
import { skatteetaten } from './skatteetaten/skatteetaten.ts';
import type { StandIn, StandInWorld } from './stand-in.ts';

/** Every party that has a stand-in: one folder each, one line here. */
export const PARTIES: Record<string, (world: StandInWorld) => StandIn | Promise<StandIn>> = {
  efaktura,
  enhetsregisteret,
  altinn,
  altinn2,
  altinn_access: altinnAccess,
  dialogporten,
  idporten,
  idporten_login: idportenLogin,
  bank,
  maskinporten,
  mva_app: mvaApp,
  mva_validation: mvaValidation,
  skatteetaten,
  peppol_smp: peppolSmp,
  peppol_access_point: peppolAccessPoint,
  mail,
};
