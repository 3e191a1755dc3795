import { Gauge, type Registry } from 'prom-client';
import sql from 'sql-template-tag';
import type { Database } from '../platform/database/pool.ts';

/** The state of every mailbox as of its last round, for Prometheus. */
export function watchMailboxes(registry: Registry, database: Database): void {
  const registers = [registry];
  const files = new Gauge({
    name: 'hovedbok_bank_mailbox',
    help: 'Files of a mailbox by state (waiting, failing, held for unknown accounts), and connections whose bank was silent on a banking day',
    labelNames: ['mailbox', 'state'],
    registers,
    async collect() {
      const rows = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
        tx.rows<{
          mailbox: string;
          waiting: number;
          failing: number;
          held: number;
          silent: number;
          age: number | null;
        }>(sql`
          select mailbox, waiting, failing, held, silent, extract(epoch from now() - succeeded_at)::float8 as age
          from bank_mailboxes order by mailbox`),
      );
      files.reset();
      age.reset();
      for (const { mailbox, waiting, failing, held, silent, age: seconds } of rows) {
        for (const [state, count] of Object.entries({ waiting, failing, held, silent }))
          files.set({ mailbox, state }, count);
        if (seconds !== null) age.set({ mailbox }, seconds);
      }
    },
  });
  const age = new Gauge({
    name: 'hovedbok_bank_mailbox_seconds',
    help: 'Seconds since a mailbox was last looked through',
    labelNames: ['mailbox'],
    registers,
  });
}
