export type { RegisteredFacts, RegisterStatus } from './registered-organization.ts';
export {
  registryColumn,
  type RegistryRow,
  RegistryView,
  registryView,
  type Standing,
  standingOf,
  STANDINGS,
} from './standing.ts';
