import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmulator } from '../src/emulator/server.ts';
import { readWorld } from '../src/emulator/world.ts';

/*
 * The walk-through of the README, command by command, against the emulator: export what Google has, edit it, look at
 * the plan, apply just that, and run the nightly job, which finds nothing to do. Each command is to end with the exit
 * code that stands beside it.
 */
const STEPS: readonly (readonly [exitCode: number, command: string])[] = [
  [0, 'partners'],
  [0, 'export --to customers.csv'],
  // The edit: three rows of the export changed, two new ones added. samples/agency.csv is the outcome.
  [0, 'edit customers.csv'],
  [0, 'validate customers.csv'],
  [2, 'plan customers.csv --detailed-exitcode'],
  [0, 'apply customers.csv --plan reviewed.ndjson --yes'],
  [0, 'apply customers.csv --yes --fail-on drift'],
];

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

function sample(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function copy(from: string, to: string): void {
  process.stdout.write(`\n$ cp ${basename(from)} ${basename(to)}\n`);
  copyFileSync(from, to);
}

async function channelbook(command: string, folder: string, apiUrl: string): Promise<number> {
  process.stdout.write(`\n$ channelbook ${command}\n`);
  const args = [...command.split(' '), '--config', sample('agency.config.json'), '--api-url', apiUrl];
  const child = spawn(
    process.execPath,
    [MAIN, ...args, '--out', join(folder, 'runs'), '--state', join(folder, 'state')],
    {
      cwd: folder,
      stdio: 'inherit',
      env: { ...process.env, CHANNELBOOK_ACCESS_TOKEN: 'any' },
    },
  );
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

const emulator = await startEmulator({ world: await readWorld(sample('agency.world.json')) });
const folder = mkdtempSync(join(tmpdir(), 'channelbook-walk-through-'));
process.stdout.write(`Google's double: ${emulator.url}, folder: ${folder}\n`);
try {
  for (const [expected, command] of STEPS) {
    if (command === 'edit customers.csv') {
      copy(sample('agency.csv'), join(folder, 'customers.csv'));
      continue;
    }
    const code = await channelbook(command, folder, emulator.url);
    if (code !== expected) throw new Error(`channelbook ${command} ended with ${code}, not with ${expected}`);
    const plan = join(folder, 'runs', readdirOf(join(folder, 'runs')).at(-1) ?? '', 'plan.ndjson');
    if (command.startsWith('plan')) copy(plan, join(folder, 'reviewed.ndjson'));
  }
} finally {
  await emulator.close();
}

function readdirOf(path: string): readonly string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}
