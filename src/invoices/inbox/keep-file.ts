import { buffer } from 'node:stream/consumers';
import { createFile, fileStoreOf } from '../../documents/index.ts';
import { storageKey } from '../../platform/files/file-storage.ts';
import type { StagedFile } from '../../platform/files/staged-file.ts';
import type { Call, Platform } from '../../platform/operation.ts';

/** Stores the received file before any other processing. */
export async function keepFile(platform: Platform, call: Call, file: StagedFile) {
  // The key protects the whole request; its stored response is not that of this step.
  const { value } = await createFile.call(
    platform,
    { ...call, idempotencyKey: undefined },
    { file, processingTrack: 'MANUAL' },
  );
  return value;
}

export async function contentOfFile(platform: Platform, clientAccountId: number, sha256: string): Promise<Buffer> {
  return buffer(await fileStoreOf(platform).storage.read(storageKey(clientAccountId, sha256)));
}
