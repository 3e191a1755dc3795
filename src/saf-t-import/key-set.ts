/**
 * Keys, each with a 32-bit mark, in 12 bytes a slot: a million vouchers take 24 MB where a Map of strings takes 100.
 * Stores a 64-bit hash of each key: among ten million keys, two collide with a probability of one in 300,000.
 */
export class KeySet {
  #high = new Uint32Array(4096);
  #low = new Uint32Array(4096);
  #marks = new Uint32Array(4096);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** Adds a key if it is new. Otherwise returns its existing mark unchanged. */
  add(key: string, mark = 1): number | null {
    if (this.#count * 2 >= this.#low.length) this.#grow();
    hash(key);
    const slot = this.#find(hashHigh, hashLow);
    if (this.#low[slot] !== 0) return this.#marks[slot]!;
    this.#put(slot, hashHigh, hashLow, mark);
    this.#count++;
    return null;
  }

  /** The mark of a key, or null. */
  get(key: string): number | null {
    hash(key);
    const slot = this.#find(hashHigh, hashLow);
    return this.#low[slot] === 0 ? null : this.#marks[slot]!;
  }

  #find(high: number, low: number): number {
    const mask = this.#low.length - 1;
    let slot = low & mask;
    while (this.#low[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #put(slot: number, high: number, low: number, mark: number): void {
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#marks[slot] = mark;
  }

  #grow(): void {
    const [high, low, marks] = [this.#high, this.#low, this.#marks];
    this.#high = new Uint32Array(high.length * 2);
    this.#low = new Uint32Array(high.length * 2);
    this.#marks = new Uint32Array(high.length * 2);
    for (let i = 0; i < low.length; i++) {
      if (low[i] !== 0) this.#put(this.#find(high[i]!, low[i]!), high[i]!, low[i]!, marks[i]!);
    }
  }
}

let hashHigh = 0;
let hashLow = 0;

/** Two mixed 32-bit halves; the low one is never 0, which marks an empty slot. */
function hash(text: string): void {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  hashHigh = b >>> 0;
  hashLow = a >>> 0 || 1;
}
