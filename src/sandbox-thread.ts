import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Config, readConfig } from './platform/config.ts';
import { packageRoot } from './platform/package-root.ts';

/** What the sandbox says once it runs: settings that lead to its stand-ins, and where it can be told to misbehave. */
interface SandboxReady {
  environment: Record<string, string>;
  admin: string;
}

export interface RunningSandbox {
  config: Pick<
    Config,
    | 'maskinportenClientId'
    | 'maskinportenIssuer'
    | 'maskinportenKey'
    | 'maskinportenKeyId'
    | 'skatteetatenUrl'
    | 'enhetsregisteretUrl'
  >;
  /** Where they are, and where they can be told to misbehave. */
  addresses: { maskinporten: string; skatteetaten: string; faults: string };
  stop(): Promise<void>;
}

const START_SECONDS = 20;

/** Starts the stand-ins of the parties outside in a thread of their own; they are a program apart, known by its settings. */
export async function startSandbox(): Promise<RunningSandbox> {
  const thread = new Worker(join(packageRoot, 'dist', 'sandbox-thread.js'));
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
    const {
      maskinportenClientId,
      maskinportenIssuer,
      maskinportenKey,
      maskinportenKeyId,
      skatteetatenUrl,
      enhetsregisteretUrl,
    } = readConfig(environment);
    return {
      config: {
        maskinportenClientId,
        maskinportenIssuer,
        maskinportenKey,
        maskinportenKeyId,
        skatteetatenUrl,
        enhetsregisteretUrl,
      },
      addresses: { maskinporten: maskinportenIssuer, skatteetaten: skatteetatenUrl, faults: admin },
      stop: async () => {
        await thread.terminate();
      },
    };
  } catch (error) {
    await thread.terminate();
    throw error;
  }
}
