import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The machines that run this are shared: a slow start is not a failure. What hangs is still ended, only later.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    // Once for all, before files run side by side that would each build the same.
    globalSetup: ['test/built-before.ts'],
    // Rehearsals side by side: one computes while the functions of another do.
    maxConcurrency: 3,
  },
});
