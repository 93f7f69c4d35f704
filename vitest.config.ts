import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// Vitest hands these on to Node: `import` among them would give ES modules to packages that `require`.
const conditions = ["sallyport-source", "node"];

const shared = { globalSetup: ["test/support/setup.ts"], testTimeout: 30_000, hookTimeout: 60_000 };
const exclude = ["**/node_modules/**", "**/dist/**"];
const corpus = ["test/corpus/**/*.test.ts"];
/** What these import is heavy (compilers, the generator), and nothing in it keeps state: a worker imports it once. */
const pure = ["test/{architecture,docs,golden}/**/*.test.ts", "test/unit/generator/**/*.test.ts"];

/** By the seconds they take. Whoever starts last with one of these leaves the other workers idle. */
const longest = ["corpus/corpus", "e2e/github", "e2e/pack", "r08-framing", "e2e/keys", "e2e/examples"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((one) => moduleId.includes(one));
      return at === -1 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

// biome-ignore lint/style/noDefaultExport: vitest reads the default export.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // All cores: by default one is left idle, which on a machine of two is half of them.
    maxWorkers: "100%",
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { ...shared, name: "generator", include: pure, exclude, isolate: false } },
      { extends: true, test: { ...shared, name: "corpus", include: corpus, exclude } },
      {
        extends: true,
        test: { ...shared, name: "whole", include: ["test/**/*.test.ts"], exclude: [...exclude, ...pure, ...corpus] },
      },
    ],
  },
});
