/** MOD11 with weights 2..7 from the right, the check of organisation numbers and bank account numbers. */
export function mod11CheckDigit(digits: string): number | null {
  let sum = 0;
  for (let i = digits.length - 1, weight = 2; i >= 0; i--, weight = weight === 7 ? 2 : weight + 1) {
    sum += Number(digits[i]) * weight;
  }
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? null : check;
}

/** A Norwegian organisation number: nine digits, the last one MOD11. */
export function isOrganizationNumber(text: string): boolean {
  return /^\d{9}$/.test(text) && mod11CheckDigit(text.slice(0, 8)) === Number(text[8]);
}

/** MOD10 (Luhn) check digit, as the banks use it for a KID. */
export function mod10CheckDigit(digits: string): number {
  let sum = 0;
  for (let i = digits.length - 1, double = true; i >= 0; i--, double = !double) {
    const value = Number(digits[i]) * (double ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return (10 - (sum % 10)) % 10;
}
