import { parseArgs } from 'node:util';
import { configReference } from '../platform/config-reference.ts';
import type { Command } from './command.ts';

export const command: Command = {
  usage: 'config\n\nPrints the reference of all settings.',
  async run(args) {
    parseArgs({ args });
    process.stdout.write(configReference());
    return 0;
  },
};
