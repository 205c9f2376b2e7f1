import { defineConfig } from "vitest/config";

/** Set by `npm run coverage`: the folder in which child processes of the tests write their coverage. */
const childCoverage = process.env["CHILD_COVERAGE"];

/** They share one build of the page. */
const studioTests = "test/e2e/studio*.test.ts";

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 120_000 } }, // a busy machine takes long; the test's own limit ends it
    maxWorkers: "100%", // by default one core is left to itself, which on two is half of them
    env: childCoverage === undefined ? {} : { NODE_V8_COVERAGE: childCoverage },
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["**/*.test.ts"],
      reporter: ["json"],
      reportOnFailure: true,
      reportsDirectory: "coverage/tests",
    },
    projects: [
      { extends: true, test: { name: "unit", include: ["src/**/*.test.ts", "test/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "e2e",
          globalSetup: ["test/support/compile.ts"],
          include: ["test/e2e/**/*.test.ts"],
          exclude: [studioTests],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: "studio",
          include: [studioTests],
          globalSetup: ["test/support/compile.ts", "test/support/studio-build.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
