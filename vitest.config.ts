import { defineConfig } from 'vitest/config';

/**
 * Test projects by cost: `core` needs nothing, `store` and `http` a PostgreSQL, `training` the native TensorFlow,
 * `system` real processes. Each mirrors the part of src/ it proves.
 */
const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  test: { name, include, environment: 'node' as const, ...extra },
});

export default defineConfig({
  test: {
    projects: [
      project(
        'core',
        [
          'test/{shared,space,samplers,studies,planner,campaigns,report,client,cli,scripts,bench}/**/*.test.ts',
          'test/objectives/*.test.ts',
          'test/objectives/*/*.test.ts',
          'test/*.test.ts',
        ],
        // The simulations take seconds; a busy machine must not fail them.
        { testTimeout: 60_000 },
      ),
      project('store', ['test/store/**/*.test.ts'], {
        globalSetup: 'test/store/global-setup.ts',
        testTimeout: 60_000,
        hookTimeout: 120_000,
      }),
      project('http', ['test/http/**/*.test.ts'], { globalSetup: 'test/store/global-setup.ts', testTimeout: 60_000, hookTimeout: 120_000 }),
      project('training', ['test/objectives/*/{datasets,tensorflow}/**/*.test.ts'], {
        testTimeout: 300_000,
        hookTimeout: 300_000,
        pool: 'forks',
        fileParallelism: false,
      }),
      project(
        'system',
        [
          'test/system/**/*.test.ts',
          'test/runner/**/*.test.ts',
          'test/chaos/**/*.test.ts',
          'test/faults/**/*.test.ts',
          'test/upgrade/**/*.test.ts',
        ],
        {
          globalSetup: ['test/system/build.ts', 'test/store/global-setup.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          pool: 'forks',
          fileParallelism: false,
        },
      ),
    ],
  },
});
