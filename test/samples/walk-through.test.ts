import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

function project(name: string): string {
  return new URL(`../../${name}`, import.meta.url).pathname;
}

/** Runs the script as a user would; resolves with how it ended and what it said. */
async function walkThrough(): Promise<{ readonly exitCode: number | null; readonly stdout: string }> {
  const child = spawn(process.execPath, [project('samples/walk-through.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout };
}

describe('the walk-through', () => {
  it('runs the commands of the README, in order, each with its exit code', async () => {
    const readme = readFileSync(project('README.md'), 'utf8');
    const section = readme.slice(readme.indexOf('## A migration, step by step'));
    const block = /```\n([\s\S]*?)```/.exec(section)?.[1] ?? '';

    const { exitCode, stdout } = await walkThrough();

    const run = [...stdout.matchAll(/^\$ (channelbook .*)$/gm)].map((match) => match[1]);
    expect([exitCode, run]).toEqual([0, block.trim().split('\n')]);
    expect(stdout.match(/│ unchanged │ none {3}│ {4}7 │/g)).toHaveLength(1);
  });
});
