import { parentPort } from 'node:worker_threads';
import { EHF_TASKS } from '../invoices/ehf-work/ehf-tasks.ts';
import { assert } from '../kernel/assert.ts';
import { doTasks } from '../platform/rendering/thread-work.ts';

assert(parentPort, 'this program is a thread of another');
doTasks(parentPort, EHF_TASKS);
