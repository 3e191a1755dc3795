/** A command of `hovedbok`; each is in a separate file, which is loaded on demand. */
export interface Command {
  /** Arguments and description: printed by `hovedbok NAME --help`. */
  usage: string;
  /**
   * Receives the arguments after the name and returns the exit code. A TypeError of parseArgs is printed with the
   * usage.
   */
  run(args: string[]): Promise<number>;
}
