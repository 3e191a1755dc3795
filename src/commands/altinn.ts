import { parseArgs } from 'node:util';
import { registerConfiguredSystem } from '../integrations/index.ts';
import { systemClock } from '../kernel/clock.ts';
import { readConfig } from '../platform/config.ts';
import type { Command } from './command.ts';

export const command: Command = {
  usage: `altinn register-system [--dry-run]

Registers the system ALTINN_SYSTEM_ID at Altinn, or brings it up to date: rights (ALTINN_RIGHTS, ALTINN_ACCESS_PACKAGES), our
Maskinporten client, the address that Altinn sends people back to (PUBLIC_URL, with https). Other clients and addresses
that are registered stay. Done twice, the second changes nothing. --dry-run only says what would be done.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: { 'dry-run': { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    if (positionals.length !== 1 || positionals[0] !== 'register-system') {
      console.error(`Usage: hovedbok ${command.usage}`);
      return 2;
    }
    const dryRun = values['dry-run'];
    const silent = () => {};
    const { outcome, system, changes } = await registerConfiguredSystem(
      readConfig(process.env),
      { dryRun },
      {
        clock: systemClock,
        log: { info: silent, warn: (facts) => console.error(JSON.stringify(facts)), error: silent },
      },
    );
    const done = {
      created: dryRun ? 'would be registered' : 'is registered',
      updated: dryRun ? 'would be brought up to date' : 'is brought up to date',
      same: 'is registered as configured: nothing to do',
    }[outcome];
    console.log(`${system.id} ${done}`);
    if (outcome === 'updated') console.log(`  changed: ${changes.join(', ')}`);
    if (outcome !== 'same') console.log(JSON.stringify(system, null, 2));
    if (system.allowedRedirectUrls.length === 0)
      console.log('  Without PUBLIC_URL (https) nobody is sent back from the approval page.');
    return 0;
  },
};
