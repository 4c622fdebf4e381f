import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/*
 * Tests start the program some five hundred times, a thousand modules each. Compiled once and kept, they start in half
 * the processor's time (https://nodejs.org/api/module.html#module-compile-cache).
 */
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url));

/** Folders of tests that start programs, those that take longest first: begun last, they would run alone. */
const FIRST = ['/test/campaign/', '/test/cli/', '/test/samples/'];

class ProgramsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const index = FIRST.findIndex((folder) => moduleId.includes(folder));
  return index < 0 ? FIRST.length : index;
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Half of the time a test that starts programs only waits for them; the others may have the processor then.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: ProgramsFirst },
    // Whole-process tests start Node several times each; nothing here waits for time to pass.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
