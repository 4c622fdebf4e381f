import { startEmulator, type Emulator } from '../emulator/server.ts';
import { readWorld, WorldError } from '../emulator/world.ts';
import { EXIT, FatalError } from '../model/fatal.ts';

export interface OpenedEmulator {
  readonly emulator: Emulator;
  readonly url: string;
  /** The account of its world, as the world writes it. */
  readonly account: string;
  close(): Promise<void>;
}

/**
 * Starts the emulator on loopback, seeded with a world file, or with an empty account.
 *
 * @param options.port 0, the default, for any free one
 * @param options.account account of the empty world; C012345 by default
 * @throws FatalError 64 when the world cannot be used or the port is taken
 */
export async function openEmulator(
  worldFile: string | undefined,
  options: { readonly port?: number; readonly account?: string | undefined } = {},
): Promise<OpenedEmulator> {
  const { port = 0, account } = options;
  try {
    const empty = account === undefined ? undefined : { account };
    const world = worldFile === undefined ? empty : await readWorld(worldFile);
    const emulator = await startEmulator({ port, ...(world === undefined ? {} : { world }) });
    return {
      emulator,
      url: emulator.url,
      account: emulator.world.account,
      close: () => emulator.close(),
    };
  } catch (error) {
    throw cannotStart(error, worldFile, port);
  }
}

function cannotStart(error: unknown, worldFile: string | undefined, port: number): unknown {
  if (error instanceof WorldError) {
    const next = 'Correct the world file; its schema is world.schema.json in the package.';
    return new FatalError(EXIT.usage, 'emulator.world', error.message, next);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE' || code === 'EACCES') {
    const next = 'Name another port with --port, or leave it out for any free one.';
    return new FatalError(EXIT.usage, 'emulator.port', `port ${port} cannot be used: ${message}`, next);
  }
  if (code === 'ENOENT' || code === 'EISDIR') {
    const where = worldFile ?? '';
    return new FatalError(EXIT.usage, 'emulator.world', `there is no world file ${where}`, 'Check the path.');
  }
  return error;
}
