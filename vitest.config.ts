import { defineConfig } from 'vitest/config';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'test/**/*.test.ts', 'sandbox/**/*.test.ts'],
    globalSetup: ['test/support/database/global-setup.ts'],
    pool: 'forks',
    // Two workers, each loading the code once: a test makes its own client account instead of its own process.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    teardownTimeout: 30_000,
  },
});
