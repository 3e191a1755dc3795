import { constants, getPriority, setPriority } from 'node:os';

/** A third of the share of a processor that others of the same start have. */
const NICE = 5;

/**
 * Lets the calling thread, or the process with this id, wait for those that answer requests when they compete for a
 * processor: lower than the priority it has, so that a server that was itself started with a low one keeps ahead. Linux
 * only: elsewhere the calling process would lose as a whole. Nothing changes if the system forbids it.
 */
export function lowerPriority(processId = 0): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(processId, Math.min(getPriority(processId) + NICE, constants.priority.PRIORITY_LOW));
  } catch {
    // A process of another user, or one that has ended meanwhile: it runs as it did.
  }
}
