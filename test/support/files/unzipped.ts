import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';

/** The files of a ZIP, in its order. */
export async function unzipped(zip: Buffer): Promise<{ name: string; content: Buffer }[]> {
  const opened = await fromBufferPromise(zip);
  const files: { name: string; content: Buffer }[] = [];
  for await (const entry of opened.eachEntry())
    files.push({ name: entry.fileName, content: await buffer(await opened.openReadStreamPromise(entry)) });
  return files;
}
