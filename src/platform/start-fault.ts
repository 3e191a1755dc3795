/**
 * A fault that prevents a program from starting and that its operator can fix. The message is one complete sentence; it
 * is shown without a stack.
 */
export class StartFault extends Error {
  override name = 'StartFault';
}

interface SystemError extends Error {
  code?: string;
  syscall?: string;
  address?: string;
  port?: number;
  path?: string;
}

/** PostgreSQL's SQLSTATE, by class: refused sign-in, unknown database, no connections left, starting or stopping. */
const REFUSED_BY_DATABASE = /^(28...|3D000|53300|57P0.|42501)$/;

/** The sentence for a fault of the environment; undefined for a bug of ours. */
export function startFault(error: unknown): string | undefined {
  if (error instanceof StartFault) return error.message;
  // One attempt for each address of a name.
  if (error instanceof AggregateError) return startFault(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, address, port, path, message } = error as SystemError;
  if (syscall === 'listen' || syscall === 'bind') return listenFault(code, address, port, message);
  if (syscall === 'connect' || syscall === 'getaddrinfo') {
    return `The database of DATABASE_URL cannot be reached: ${message}`;
  }
  if (code && REFUSED_BY_DATABASE.test(code)) return `The database refuses: ${message}`;
  if (code && path) return `${path} cannot be used (${message}). The data folder is set by DATA_DIR`;
  return undefined;
}

function listenFault(code: string | undefined, address: string | undefined, port = 0, message = ''): string {
  const at = `${address ?? ''}:${port}`;
  if (code === 'EADDRINUSE') return `${at} is taken by another program; stop it, or set PORT to another port`;
  if (code === 'EACCES') return `This user may not listen on port ${port}; set PORT to one above 1023`;
  if (code === 'EADDRNOTAVAIL') return `This machine does not have the address ${address}; set HOST to one that it has`;
  return `Cannot listen on ${at}: ${message}`;
}
