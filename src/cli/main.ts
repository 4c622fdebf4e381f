#!/usr/bin/env node
// Only what every Node can load stands here: an older one gets a sentence, not a stack.
import { setFlagsFromString } from 'node:v8';
import { programVersion } from '../version.ts';
import { endAtEarlySignals, endAtLateSignals } from './early-signals.ts';

/*
 * Rows of a book live for moments. Left to itself V8 takes that for a reason to let its heap grow far beyond the part
 * in use; told to grow slowly it stays below 200 MB resident for a million rows (docs/decisions/0005-a-small-heap.md).
 */
for (const flag of ['--semi-space-growth-factor=1', '--heap-growing-percent=50']) setFlagsFromString(flag);

const LEAST_NODE = [22, 18];

function isNodeNewEnough(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

if (process.argv.length === 3 && process.argv[2] === '--version') {
  process.stdout.write(`${programVersion()}\n`);
} else if (!isNodeNewEnough()) {
  process.stderr.write(
    `channelbook needs Node.js ${LEAST_NODE.join('.')} or newer; this is ${process.versions.node}.\n`,
  );
  process.exitCode = 64;
} else {
  endAtEarlySignals();
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2));
  endAtLateSignals();
}
