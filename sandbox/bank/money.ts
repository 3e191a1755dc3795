/** Hundredths. */
export type Cents = bigint;

export function centsOf(text: string): Cents {
  const found = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (!found) throw new Error(`no amount: ${text}`);
  const value = BigInt(found[2]!) * 100n + BigInt((found[3] ?? '').padEnd(2, '0'));
  return found[1] ? -value : value;
}

export function amountText(cents: Cents): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
