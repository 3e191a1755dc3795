import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { lowerPriority } from './low-priority.ts';

test.runIf(process.platform === 'linux')('a process gives way to those that have the priority it had', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const before = getPriority(child.pid);
  lowerPriority(child.pid);
  expect(getPriority(child.pid)).toBe(Math.min(before + 5, 19));
  child.kill();
  await once(child, 'exit');
  // It has ended: nothing to do.
  lowerPriority(child.pid);
});
