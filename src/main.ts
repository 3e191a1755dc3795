import type { Command } from './commands/command.ts';
import { ConfigFaults } from './platform/config.ts';
import { AppError } from './platform/errors.ts';
import { startFault } from './platform/start-fault.ts';

/** Name, description and module, which is loaded on demand. */
const commands: [name: string, summary: string, load: () => Promise<{ command: Command }>][] = [
  ['serve', 'Start the server and, unless DATABASE_URL is set, its database', () => import('./commands/serve.ts')],
  ['worker', 'Run the background work without serving', () => import('./commands/worker.ts')],
  ['migrate', 'Bring the database up to date', () => import('./commands/migrate.ts')],
  ['user', 'Make a user, for example the first one', () => import('./commands/user.ts')],
  ['token', 'Make a personal access token of a user', () => import('./commands/token.ts')],
  ['import', 'Take in the books of a SAF-T file, or a bank file', () => import('./commands/import.ts')],
  ['verify', 'Prove the books from their lines', () => import('./commands/verify.ts')],
  [
    'export',
    'Write everything kept of a client account to an archive, or its books as SAF-T',
    () => import('./commands/export.ts'),
  ],
  ['backup', 'Write the embedded database and the files to an archive', () => import('./commands/backup.ts')],
  ['restore', 'Make a data folder from an archive', () => import('./commands/restore.ts')],
  ['altinn', 'Register this system at Altinn', () => import('./commands/altinn.ts')],
  ['config', 'Print the reference of all settings', () => import('./commands/config.ts')],
];

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === 'help') {
    console.log(usage());
    return name === undefined ? 2 : 0;
  }
  const found = commands.find(([known]) => known === name);
  if (!found) {
    console.error(`hovedbok: unknown command ${name}\n\n${usage()}`);
    return 2;
  }
  const { command } = await found[2]();
  if (args.includes('--help')) {
    console.log(`Usage: hovedbok ${command.usage}`);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')) {
      console.error(`hovedbok ${name}: ${error.message}\n\nUsage: hovedbok ${command.usage}`);
      return 2;
    }
    if (error instanceof AppError) {
      console.error(`hovedbok ${name}: ${error.message}`);
      for (const { path, problem } of error.fields) console.error(`  ${path}: ${problem.en}`);
      return 1;
    }
    if (error instanceof ConfigFaults) {
      console.error(`${error.message}\n\nSee docs/configuration.md, or: hovedbok config`);
      return 1;
    }
    const fault = startFault(error);
    if (fault !== undefined) {
      console.error(`hovedbok ${name}: ${fault}`);
      return 1;
    }
    throw error;
  }
}

function usage(): string {
  const width = Math.max(...commands.map(([name]) => name.length));
  const lines = commands.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: hovedbok COMMAND [--help]\n\nCommands:\n${lines.join('\n')}\n\nSettings are environment variables: hovedbok config`;
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  console.error(error);
  process.exit(1);
}
