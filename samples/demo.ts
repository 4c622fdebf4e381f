import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/*
 * The main job on the sample book against the emulator. The book holds a row for every outcome, so that the
 * program's own exit code is 4 (a row is ambiguous): that, and nothing else, is a success of the demo.
 */
const EXPECTED_EXIT_CODE = 4;

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

const command = [
  path('../src/cli/main.ts'),
  'apply',
  path('first-book.csv'),
  '--config',
  path('first-book.config.json'),
  '--emulator',
  path('first-book.world.json'),
  '--yes',
  ...process.argv.slice(2),
];
process.stderr.write(
  'channelbook apply samples/first-book.csv --config samples/first-book.config.json --emulator samples/first-book.world.json --yes\n\n',
);
const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
process.exitCode = status === EXPECTED_EXIT_CODE ? 0 : (status ?? 1);
