import { join } from 'node:path';
import type pg from 'pg';
import { systemClock } from '../../kernel/clock.ts';
import type { Config } from '../config.ts';
import { Database } from '../database/pool.ts';
import { DatabaseStorage } from './database-storage.ts';
import { DiskStorage } from './disk-storage.ts';
import type { FileStorage } from './file-storage.ts';
import { LayeredStorage } from './layered-storage.ts';
import { S3Storage } from './s3-storage.ts';
import { type StagedFile, stageFile } from './staged-file.ts';

/** File handling of a node: receives files, and stores them where all nodes can read them. */
export interface FileStore {
  storage: FileStorage;
  maxBytes: number;
  /** The folder of this machine in which they are received. */
  incoming?: string;
  /** `maxBytes`: for files that are not uploads. */
  stage(stream: AsyncIterable<Buffer>, maxBytes?: number): Promise<StagedFile>;
}

/** The settings of a file store: enough for another thread to open the same one. */
export type FileStoreConfig = Pick<
  Config,
  | 'maxUploadBytes'
  | 'fileStorage'
  | 'databaseUrl'
  | 's3Endpoint'
  | 's3Bucket'
  | 's3Region'
  | 's3AccessKeyId'
  | 's3SecretAccessKey'
>;

/** Chunks of files in transit to and from the database at a time. */
export const FILE_CONNECTIONS = 4;

/**
 * The store of FILE_STORAGE. Without it: an S3 bucket if one is configured, the database if that is shared (DATABASE_URL),
 * else the folder `files` in the data folder. `application`: the connection under the application's role.
 */
export function openFileStore(config: FileStoreConfig, dataDir: string, application?: pg.PoolConfig): FileStore {
  // On the same file system as the files of a disk store, so that storing one is a link.
  const folder = join(dataDir, 'incoming');
  return {
    storage: storageOf(config, dataDir, application),
    maxBytes: config.maxUploadBytes,
    incoming: folder,
    stage: (stream, maxBytes = config.maxUploadBytes) => stageFile(stream, { folder, maxBytes }),
  };
}

export function fileStoreConfig(config: Config): FileStoreConfig {
  const { maxUploadBytes, fileStorage, databaseUrl } = config;
  const { s3Endpoint, s3Bucket, s3Region, s3AccessKeyId, s3SecretAccessKey } = config;
  return {
    maxUploadBytes,
    fileStorage,
    databaseUrl,
    s3Endpoint,
    s3Bucket,
    s3Region,
    s3AccessKeyId,
    s3SecretAccessKey,
  };
}

function storageOf(config: FileStoreConfig, dataDir: string, application: pg.PoolConfig | undefined): FileStorage {
  const disk = new DiskStorage(join(dataDir, 'files'));
  const kind = config.fileStorage ?? storageByDefault(config);
  if (kind === 's3')
    return new S3Storage({
      endpoint: config.s3Endpoint!,
      bucket: config.s3Bucket!,
      region: config.s3Region,
      accessKeyId: config.s3AccessKeyId!,
      secretAccessKey: config.s3SecretAccessKey!,
    });
  if (kind === 'disk' || !application) return disk;
  const database = new Database({ ...application, max: FILE_CONNECTIONS });
  // Files stored on this machine earlier stay readable.
  return new LayeredStorage(new DatabaseStorage(database, systemClock), disk);
}

function storageByDefault({ s3Endpoint, databaseUrl }: FileStoreConfig): 's3' | 'database' | 'disk' {
  if (s3Endpoint) return 's3';
  return databaseUrl ? 'database' : 'disk';
}
