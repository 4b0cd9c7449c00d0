import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The machines that run this are shared: a slow start is not a failure.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Rehearsals side by side: one computes while the functions of another do.
    maxConcurrency: 3,
  },
});
