import { join } from 'node:path';
import type { Config } from '../config.ts';
import { DiskStorage } from './disk-storage.ts';
import type { FileStorage } from './file-storage.ts';
import { S3Storage } from './s3-storage.ts';
import { type StagedFile, stageFile } from './staged-file.ts';

/** What a node does with files: takes them in, and keeps them where all nodes find them. */
export interface FileStore {
  storage: FileStorage;
  maxBytes: number;
  /** `maxBytes`: for what is no upload. */
  stage(stream: AsyncIterable<Buffer>, maxBytes?: number): Promise<StagedFile>;
}

/** The store of the configuration: an S3 bucket where one is named, else the folder `files` in the data folder. */
export function openFileStore(
  config: Pick<
    Config,
    'maxUploadBytes' | 's3Endpoint' | 's3Bucket' | 's3Region' | 's3AccessKeyId' | 's3SecretAccessKey'
  >,
  dataDir: string,
): FileStore {
  const storage = config.s3Endpoint
    ? new S3Storage({
        endpoint: config.s3Endpoint,
        bucket: config.s3Bucket!,
        region: config.s3Region,
        accessKeyId: config.s3AccessKeyId!,
        secretAccessKey: config.s3SecretAccessKey!,
      })
    : new DiskStorage(join(dataDir, 'files'));
  // On the same file system as the files, so that keeping one is a rename.
  const folder = join(dataDir, 'incoming');
  return {
    storage,
    maxBytes: config.maxUploadBytes,
    stage: (stream, maxBytes = config.maxUploadBytes) => stageFile(stream, { folder, maxBytes }),
  };
}
