import { strict, Type } from '../../platform/http/schema.ts';
import { type BankStanding, isConnected } from './bank-connection.ts';
import { IntegrationConfigShape } from './integration-config.ts';

export const BankStatus = strict({
  is_active: Type.Boolean({ description: 'Ordered here' }),
  is_connected: Type.Boolean({ description: 'The bank has registered the agreement, and an account is ready' }),
  integration_config: IntegrationConfigShape,
});

export function bankStatus(standing: BankStanding) {
  return {
    is_active: standing.connection?.is_active ?? false,
    is_connected: isConnected(standing),
    integration_config: standing.connection?.integration_config ?? {},
  };
}
