import { text } from 'node:stream/consumers';
import type { Rendering, RenderingOptions, RenderingTask } from './rendering.ts';
import type { ThreadTask } from './thread-work.ts';

/** Work that returns a value instead of a rendering. `progress` throws when the caller has left. */
export type ValueWork = (task: RenderingTask, progress: (share: number) => void) => Promise<unknown>;

/** The thread's side: the value is transferred as JSON. */
export function valueTask(work: ValueWork): ThreadTask {
  return async (task, sink) => {
    const value = await work(task, (share) => sink.progress(share));
    sink.head({ fileName: task.name, contentType: 'application/json', inline: true, headers: {} });
    await sink.write(Buffer.from(JSON.stringify(value)));
  };
}

/** The caller's side: the result of the work. Throws the errors of the work and those of `Rendering.render`. */
export async function valueFrom<T>(threads: Rendering, task: RenderingTask, options: RenderingOptions): Promise<T> {
  const { bytes } = await threads.render(task, options);
  return JSON.parse(await text(bytes)) as T;
}
