import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Whole-process tests start Node several times each; nothing here waits for time to pass.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
