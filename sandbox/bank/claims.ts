import type { Cents } from './money.ts';

/** A claim of AvtaleGiro as the operator reads it. */
export interface ReadClaim {
  account: string;
  kid: string;
  amount: Cents;
  day: string;
}

export interface ClaimTransmission {
  sender: string;
  number: string;
  claims: ReadClaim[];
  cancellations: ReadClaim[];
}

/** Reads a file to the operator of AvtaleGiro. Throws its faults: a wrong record or total refuses the file. */
export function readClaimFile(text: string): ClaimTransmission {
  const records = text.split('\r\n').filter((line) => line !== '');
  const [start, end] = [records[0] ?? '', records.at(-1) ?? ''];
  if (!start.startsWith('NY000010') || !end.startsWith('NY000089')) throw new Error('no transmission');
  const read: ClaimTransmission = {
    sender: start.slice(8, 16),
    number: start.slice(16, 23),
    claims: [],
    cancellations: [],
  };
  let account = '';
  let sum = 0n;
  for (const record of records) {
    if (record.length !== 80) throw new Error(`a record of ${record.length}`);
    if (/^NY21(00|36)20/.test(record)) account = record.slice(24, 35);
    const [, type] = /^NY21(02|21|93)30/.exec(record) ?? [];
    if (!type) continue;
    const amount = BigInt(record.slice(32, 49));
    sum += amount;
    (type === '93' ? read.cancellations : read.claims).push({
      account,
      kid: record.slice(49, 74).trim(),
      amount,
      day: `20${record.slice(19, 21)}-${record.slice(17, 19)}-${record.slice(15, 17)}`,
    });
  }
  const stated = [Number(end.slice(8, 16)), Number(end.slice(16, 24)), BigInt(end.slice(24, 41))];
  const found = [read.claims.length + read.cancellations.length, records.length, sum];
  if (stated.some((each, i) => each !== found[i])) throw new Error('wrong totals');
  return read;
}

/** A mandate file of the operator: changes, or a full list. */
export function mandateFile(
  number: number,
  account: string,
  mandates: readonly { kid: string; notice: boolean; registration: 0 | 1 | 2 }[],
): string {
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  const lines = [
    `NY00001000008080${digits(number, 7)}00010200`,
    `NY212420${'0'.repeat(9)}${digits(number, 7)}${account}`,
    ...mandates.map(
      ({ kid, notice, registration }, i) =>
        `NY219470${digits(i + 1, 7)}${registration}${kid.padStart(25)}${notice ? 'J' : 'N'}`,
    ),
    `NY212488${digits(mandates.length, 8)}${digits(mandates.length + 2, 8)}`,
    `NY000089${digits(mandates.length, 8)}${digits(mandates.length + 4, 8)}`,
  ];
  return lines.map((line) => `${line.padEnd(80, '0')}\r\n`).join('');
}
