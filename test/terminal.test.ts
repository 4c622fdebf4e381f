import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { createTerminal, type Terminal } from '../src/terminal.ts';

interface Screen {
  readonly terminal: Terminal;
  readonly stdin: PassThrough;
  /** Resolves when the question is there. */
  readonly asked: Promise<unknown>;
}

function aScreen(): Screen {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const asked = new Promise((resolve) => stderr.once('data', resolve));
  const terminal = createTerminal({
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    color: false,
    clock: systemClock,
  });
  return { terminal, stdin, asked };
}

describe('ask', () => {
  const { signal } = new AbortController();

  it.each([
    ['y\n', true],
    ['Yes\n', true],
    ['\n', false],
    ['no\n', false],
  ])('takes %j for %s', async (typed, expected) => {
    const { terminal, stdin, asked } = aScreen();

    const answer = terminal.ask('Write?', signal);
    await asked;
    stdin.write(typed);

    expect(await answer).toBe(expected);
  });

  it('takes a terminal that hangs up for no, and stays alive', async () => {
    const { terminal, stdin, asked } = aScreen();

    const answer = terminal.ask('Write?', signal);
    await asked;
    stdin.destroy(new Error('read EIO'));

    expect(await answer).toBe(false);
  });

  it('takes the signal for no', async () => {
    const { terminal, asked } = aScreen();
    const stop = new AbortController();

    const answer = terminal.ask('Write?', stop.signal);
    await asked;
    stop.abort();

    expect(await answer).toBe(false);
  });
});
