/** Synthetic consumers that the operator knows. No real person has their numbers and names. */
export interface Consumer {
  identifier: string;
  name: string;
  phone: string;
  email: string;
  /** Accepts invoices from every issuer. */
  autoAccept: boolean;
  /** Issuers that the consumer has blocked. */
  blocked: string[];
  /** Issuers that the consumer has agreed to individually. */
  agreed: string[];
}

export function consumers(): Consumer[] {
  const one = (n: number, name: string, more: Partial<Consumer> = {}): Consumer => ({
    identifier: String(700_000_000 + n),
    name,
    phone: `+474000${String(n).padStart(4, '0')}`,
    email: `forbruker${n}@example.test`,
    autoAccept: true,
    blocked: [],
    agreed: [],
    ...more,
  });
  return [
    one(1, 'Åse Øverås'),
    one(2, 'Per Utenvilje', { autoAccept: false }),
    one(3, 'Kari Sperret', { blocked: ['*'] }),
    // Two with one phone number: the lookup is ambiguous.
    one(4, 'Ola Tvilling'),
    one(5, 'Nils Tvilling', { phone: '+4740000004' }),
  ];
}
