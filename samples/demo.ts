import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/*
 * Two jobs against the emulator: the sample book of customers who move in, and one of customers who are new to Google.
 * Each book holds a row for every way that a row can end, so that the program's own exit code is not 0 (4: a row is
 * ambiguous; 1: rows are blocked, failed or invalid): that code, and nothing else, is a success of the demo.
 */
const JOBS: readonly (readonly [name: string, exitCode: number])[] = [
  ['first-book', 4],
  ['onboarding', 1],
];

function sample(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Runs one job; returns 0 where it ended as it is to. */
function run(name: string, expected: number): number {
  const words = [
    'apply',
    `samples/${name}.csv`,
    '--config',
    `samples/${name}.config.json`,
    '--emulator',
    `samples/${name}.world.json`,
    '--yes',
  ];
  process.stderr.write(`\nchannelbook ${words.join(' ')}\n\n`);
  const args = words.map((word) => (word.startsWith('samples/') ? sample(word.slice(8)) : word));
  const command = [sample('../src/cli/main.ts'), ...args, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
  return status === expected ? 0 : (status ?? 1) || 1;
}

process.exitCode = JOBS.map(([name, exitCode]) => run(name, exitCode)).find((code) => code !== 0) ?? 0;
