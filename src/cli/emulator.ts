import { once } from 'node:events';
import { usageFault } from '../config/load.ts';
import { EXIT, type ExitCode } from '../model/fatal.ts';
import { releaseEarlySignals } from './early-signals.ts';
import { openEmulator } from './open-emulator.ts';
import type { CommandInput } from './program.ts';

/** Serves until SIGINT or SIGTERM. The first line on stdout is the base address, for scripts that wait for it. */
export async function emulatorCommand({ argument, flags }: CommandInput): Promise<ExitCode> {
  const opened = await openEmulator(argument, { port: portOf(flags['port']) });
  process.stdout.write(`${opened.url}\n`);
  process.stderr.write(
    `emulating Google for account ${opened.account}; every request is at ${opened.url}/_emulator/requests\n` +
      `try: CHANNELBOOK_ACCESS_TOKEN=any channelbook apply BOOK --account ${opened.account} --api-url ${opened.url}\n`,
  );
  const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  releaseEarlySignals();
  await ended;
  await opened.close();
  return EXIT.ok;
}

function portOf(text: unknown): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (typeof text === 'string' && /^[0-9]+$/.test(text) && port <= 65_535) return port;
  throw usageFault(`--port must be a number from 0 to 65535, not ${JSON.stringify(text)}`);
}
