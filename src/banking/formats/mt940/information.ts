import type { BankParty } from '../bank-file.ts';

/** `:86:`: the bank's information about the line before it. */
export interface Information {
  text: string | null;
  /** The posting text of a structured field. */
  title: string | null;
  counterparty: BankParty;
}

/** Structured with `?20`-codes (three digits first), or free text. Lines are wrapped at 65 characters. */
export function readInformation(lines: readonly string[]): Information {
  const joined = lines.join('');
  if (!/^\d{3}\?\d{2}/.test(joined)) {
    return { text: unwrap(lines), title: null, counterparty: { name: null, account: null, bic: null } };
  }
  const fields = new Map<string, string>();
  for (const part of joined.slice(3).split(/\?(?=\d{2})/)) {
    if (part !== '') fields.set(part.slice(0, 2), (fields.get(part.slice(0, 2)) ?? '') + part.slice(2));
  }
  const between = (from: number, to: number) =>
    [...fields]
      .filter(([code]) => Number(code) >= from && Number(code) <= to)
      .map(([, text]) => text)
      .join('');
  const orNull = (text: string | undefined) => text?.trim() || null;
  return {
    text: orNull(between(20, 29) + between(60, 63)),
    title: orNull(fields.get('00')),
    counterparty: { name: orNull(between(32, 33)), account: orNull(fields.get('31')), bic: orNull(fields.get('30')) },
  };
}

/** A full line was cut at any position; a shorter one ended by itself. */
function unwrap(lines: readonly string[]): string | null {
  let text = '';
  for (const [i, line] of lines.entries()) text += line + (line.length < 60 && i < lines.length - 1 ? ' ' : '');
  return text.replace(/\s+/g, ' ').trim() || null;
}
