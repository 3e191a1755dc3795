import { outboundErrors } from '../platform/outbound/errors.ts';
import type { Platform } from '../platform/operation.ts';

/** The operator of eFaktura. Throws outbound.not_configured (503). */
export function networkOf({ outside }: Platform) {
  if (!outside?.efaktura) throw outboundErrors.not_configured({ service: 'eFaktura' });
  return outside.efaktura;
}
