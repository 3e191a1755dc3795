/** JSON with exact numbers as text: JSON itself has no other representation of them. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
}
