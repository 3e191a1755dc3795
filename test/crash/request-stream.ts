import type { EntryInput, LineInput } from '../../src/ledger/entries/entry-input.ts';
import type { Random } from './random.ts';

export type Kind = 'post' | 'bulk-all' | 'bulk-each' | 'cancel' | 'draft' | 'draft-post';

/**
 * One request of a caller, reported before it is sent. `tag` is unique and occurs in every entry that the request
 * posts.
 */
export interface Asked {
  tag: string;
  clientAccountId: number;
  kind: Kind;
  /** Null: a caller who does not protect its request. */
  key: string | null;
  input: unknown;
  /** Entries that must result from it. */
  entries: number;
  refused: boolean;
}

/** A client account to post in, and the records that a caller may refer to there. */
export interface Target {
  clientAccountId: number;
  projects: number[];
  /** Posted entries that no other request will cancel, and drafts that no other request will post. */
  cancellable: number[];
  drafts: number[];
}

/** The next request of a caller: sales, payments, batches, cancellations, drafts, and some that must be refused. */
export function nextRequest(random: Random, target: Target, tag: string): Asked {
  const key = random.below(4) > 0 ? `key ${tag}` : null;
  const ask = (kind: Kind, input: unknown, entries: number, more: Partial<Asked> = {}): Asked => {
    return { tag, clientAccountId: target.clientAccountId, kind, key, input, entries, refused: false, ...more };
  };
  const good = () => entryOf(random, target, tag);
  const bad = () => ({ ...good(), lines: [...good().lines, { account_code: '7770', debit: 1 }] });
  const choice = random.below(100);
  if (choice < 40) return ask('post', { entry: good() }, 1);
  if (choice < 46) return ask('post', { entry: bad() }, 0, { refused: true });
  if (choice < 60) {
    const entries = Array.from({ length: 2 + random.below(12) }, good);
    return ask('bulk-all', { entries, mode: 'all', language: 'nb' }, entries.length);
  }
  if (choice < 64)
    return ask('bulk-all', { entries: [good(), bad(), good()], mode: 'all', language: 'nb' }, 0, { refused: true });
  if (choice < 72) {
    return ask('bulk-each', { entries: [good(), bad(), good(), good()], mode: 'each', language: 'nb' }, 3);
  }
  if (choice < 86 && target.drafts.length > 0) return ask('draft-post', { id: target.drafts.pop() }, 1);
  if (choice < 93 && target.cancellable.length > 0)
    return ask('cancel', { id: target.cancellable.pop(), reason: tag }, 1);
  // A draft has no number and no place in the books; only its key identifies it afterwards.
  return ask('draft', { draft: good(), language: 'nb' }, 0, { key: `key ${tag}` });
}

function entryOf(random: Random, target: Target, memo: string): EntryInput {
  const amount = 1 + random.below(1_000_000);
  const project = target.projects[random.below(target.projects.length)]!;
  const lines: LineInput[] =
    random.below(2) === 0
      ? [
          { account_code: '7770', debit: amount, dimensions: [{ type: 'project', id: project }] },
          { account_code: '1920', credit: amount },
        ]
      : [
          { account_code: '1920', debit: amount },
          { account_code: '3000', credit: amount, tax_code: '3', amount_basis: 'gross' },
        ];
  const day = `2026-0${1 + random.below(3)}-1${random.below(10)}`;
  return { entry_date: day, memo, series: random.below(5) === 0 ? 'BANK' : 'GL', lines };
}
