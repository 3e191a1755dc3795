/** A command of `hovedbok`; each lives in its own file and is loaded when it is asked for. */
export interface Command {
  /** What follows the command's name, and what it does: shown by `hovedbok NAME --help`. */
  usage: string;
  /** Gets the arguments after the name and gives the exit code. A TypeError of parseArgs is shown with the usage. */
  run(args: string[]): Promise<number>;
}
