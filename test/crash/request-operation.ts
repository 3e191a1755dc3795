import { createDraft } from '../../src/ledger/drafts/draft-create.ts';
import { postDraft } from '../../src/ledger/drafts/draft-post.ts';
import { postEntries } from '../../src/ledger/entries/entries-post-bulk.ts';
import { cancelEntry } from '../../src/ledger/entries/entry-cancel.ts';
import { postEntry } from '../../src/ledger/entries/entry-post.ts';
import type { Operation } from '../../src/platform/operation.ts';
import type { Kind } from './request-stream.ts';

/** The operation that serves a kind of request; its input is proven where the request is made. */
export function operationOf(kind: Kind): Operation<unknown, unknown> {
  const operations = {
    post: postEntry,
    'bulk-all': postEntries,
    'bulk-each': postEntries,
    cancel: cancelEntry,
    draft: createDraft,
    'draft-post': postDraft,
  };
  return operations[kind];
}
