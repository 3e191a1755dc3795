/** From the lowest. `substantial` was Level3, `high` Level4. */
const LEVELS = ['idporten-loa-low', 'idporten-loa-substantial', 'idporten-loa-high'] as const;
export type Level = (typeof LEVELS)[number];

/** Whether the level of the returned user is at least the requested one. An unknown level never is. */
export function isEnough(acr: unknown, asked: Level): boolean {
  return LEVELS.indexOf(acr as Level) >= LEVELS.indexOf(asked);
}
