import type { Ore } from '../../../kernel/money.ts';
import type { BankFaultCode } from '../fault-catalogue.ts';
import { readUnsigned } from '../read-value.ts';

/** `1234,50`: the comma is mandatory, decimals are not. */
export function readSwiftAmount(text: string): Ore | BankFaultCode {
  if (!/^\d{1,15},\d*$/.test(text)) return 'amount-malformed';
  return readUnsigned(text.replace(',', '.').replace(/\.$/, ''));
}
