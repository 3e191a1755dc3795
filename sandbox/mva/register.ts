import { isSynthetic } from '../organizations.ts';

/** How an organisation is registered for VAT. */
export interface Registration {
  category: string;
  /** Months of its term; null: any. */
  months: number | null;
  /** Account for refunds; null if none is known. */
  accountNumber: string | null;
  /** Returns of earlier terms are missing. */
  isBehind: boolean;
}

const ORDINARY: Registration = { category: 'alminnelig', months: null, accountNumber: '12345678903', isBehind: false };

/** The VAT register: every synthetic organisation is an ordinary one in it, unless configured otherwise. */
export class VatRegister {
  readonly #changed = new Map<string, Registration | null>();

  /** Null: not registered. */
  of(organizationNumber: string): Registration | null {
    const changed = this.#changed.get(organizationNumber);
    if (changed !== undefined) return changed;
    return isSynthetic(organizationNumber) ? ORDINARY : null;
  }

  change(organizationNumber: string, more: Partial<Registration> | null): void {
    this.#changed.set(organizationNumber, more && { ...(this.of(organizationNumber) ?? ORDINARY), ...more });
  }

  clear(): void {
    this.#changed.clear();
  }
}
