import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Config, readConfig, settings } from '../platform/config.ts';
import { packageRoot } from '../platform/package-root.ts';

/** The sandbox's message after its start: settings that point to its stand-ins, and its control page. */
interface SandboxReady {
  environment: Record<string, string>;
  admin: string;
}

export interface RunningSandbox {
  config: Partial<Config>;
  /** Addresses of the stand-ins, and of the control page. */
  addresses: { maskinporten: string; skatteetaten: string; control: string };
  stop(): Promise<void>;
}

const START_SECONDS = 20;

/**
 * Starts the stand-ins of the parties in a separate thread; they are a separate program, connected only by its
 * settings.
 * `publicUrl`: the return address of a login.
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
    // The thread does not keep the process alive.
    thread.unref();
    const config = readConfig(environment);
    return {
      // Only the settings that it names; all others stay as given to the server.
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
