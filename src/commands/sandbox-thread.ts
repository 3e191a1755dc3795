import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Config, readConfig, settings } from '../platform/config.ts';
import { packageRoot } from '../platform/package-root.ts';

/** What the sandbox says once it runs: settings that lead to its stand-ins, and the page that controls it. */
interface SandboxReady {
  environment: Record<string, string>;
  admin: string;
}

export interface RunningSandbox {
  config: Partial<Config>;
  /** Where they are, and their control page. */
  addresses: { maskinporten: string; skatteetaten: string; control: string };
  stop(): Promise<void>;
}

const START_SECONDS = 20;

/**
 * Starts the stand-ins of the parties outside in a thread of their own; they are a program apart, known by its settings.
 * `publicUrl`: where a login comes back to.
 */
export async function startSandbox(
  { sandboxPort }: Pick<Config, 'sandboxPort'>,
  publicUrl: string,
): Promise<RunningSandbox> {
  const thread = new Worker(join(packageRoot, 'dist', 'sandbox-thread.js'), {
    workerData: { publicUrl, port: sandboxPort },
  });
  try {
    const { environment, admin } = await new Promise<SandboxReady>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the sandbox did not start in time')), START_SECONDS * 1000);
      thread.once('message', resolve);
      thread.once('error', reject);
      thread.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}`)));
      thread.once('message', () => clearTimeout(late));
    });
    // It alone is no reason to go on.
    thread.unref();
    const config = readConfig(environment);
    return {
      // Only what it names: every other setting stays as it was given to the server.
      config: Object.fromEntries(
        Object.entries(settings)
          .filter(([, { env }]) => env in environment)
          .map(([name]) => [name, config[name as keyof Config]]),
      ),
      addresses: { maskinporten: config.maskinportenIssuer, skatteetaten: config.skatteetatenUrl, control: admin },
      stop: async () => {
        await thread.terminate();
      },
    };
  } catch (error) {
    await thread.terminate();
    throw error;
  }
}
