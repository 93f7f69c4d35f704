import { defineConfig } from "vitest/config";

// Vitest hands these on to Node: `import` among them would give ES modules to packages that `require`.
const conditions = ["sallyport-source", "node"];

// biome-ignore lint/style/noDefaultExport: vitest reads the default export.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    globalSetup: ["test/support/setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
