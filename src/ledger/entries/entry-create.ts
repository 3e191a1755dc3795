import type { Language } from '../../platform/errors.ts';
import type { Operation } from '../../platform/operation.ts';
import { createDraft } from '../drafts/draft-create.ts';
import type { DraftInput, EntryInput } from './entry-input.ts';
import { postEntry } from './entry-post.ts';
import type { EntryView } from './entry-view.ts';

export type CreateEntry =
  | { entry: EntryInput; draft?: undefined }
  | { draft: DraftInput; language: Language; entry?: undefined };

/** `POST /journal-entries`: one endpoint for drafts and entries; `is_draft` selects the operation. */
export const createEntry: Operation<CreateEntry, EntryView> = {
  name: 'journal-entry.create',
  access: postEntry.access,
  writes: true,
  call: (platform, call, input) =>
    input.entry ? postEntry.call(platform, call, { entry: input.entry }) : createDraft.call(platform, call, input),
};
