import { describe, expect, it } from 'vitest';
import { aBook, newWorkplace, type Workplace } from '../run-cli.ts';

/** A workplace where this code runs in the program before anything of the program. */
function placeWith(preload: string): Workplace {
  const place = newWorkplace({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
  });
  place.write('book.csv', aBook([{ domain: 'no domain' }]));
  return place;
}

const VALIDATE = ['validate', 'book.csv', '--action', 'import', '--json'] as const;

describe('a signal', () => {
  it('while the program loads is an interruption like any other: 75, and the one JSON object', async () => {
    const place = placeWith(`
      import { registerHooks } from 'node:module';
      registerHooks({
        load(url, context, next) {
          if (url.endsWith('/cli/program.ts')) process.kill(process.pid, 'SIGTERM');
          return next(url, context);
        },
      });`);

    const { exitCode, signal, stdout, stderr } = await place.run(...VALIDATE);

    expect([exitCode, signal]).toEqual([75, null]);
    expect(JSON.parse(stdout)).toMatchObject({ exit_code: 75, error: { code: 'run.interrupted' } });
    expect(stderr).toContain('channelbook: interrupted by SIGTERM');
  });

  it('after the result is shown changes neither it nor the exit code', async () => {
    // Listened to while it loads, by the command, and when that has ended; from then on the program stays.
    const place = placeWith(`
      let listened = 0;
      process.on('newListener', (name) => {
        if (name !== 'SIGTERM' || ++listened < 3) return;
        setInterval(() => undefined, 1_000);
        setImmediate(() => process.kill(process.pid, 'SIGTERM'));
      });`);

    const { exitCode, signal, stdout, stderr } = await place.run(...VALIDATE);

    expect([exitCode, signal, JSON.parse(stdout)]).toMatchObject([1, null, { exit_code: 1 }]);
    expect(stderr).toBe('');
  });
});
