import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The TypeScript compilers that generated code must pass. */
export const compilers = {
  "TypeScript 5.9": "node_modules/typescript/bin/tsc",
  "TypeScript 7": "node_modules/typescript-native/bin/tsc",
} as const;

/** Options of the strictest reader we promise to please. */
export const strictest = {
  target: "es2023",
  lib: ["es2023", "dom"],
  module: "nodenext",
  moduleResolution: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
} as const;

/**
 * Type-checks a folder of generated files under the strictest options.
 * @param folder below the repository, so that packages resolve.
 * @returns what the compiler complains of: nothing when all is well.
 */
export async function typecheck(folder: string, compiler: keyof typeof compilers): Promise<string> {
  const config = path.join(folder, `tsconfig.${compiler.replaceAll(" ", "-")}.json`);
  const compilerOptions = { ...strictest, customConditions: ["sallyport-source"] };
  writeFileSync(config, JSON.stringify({ compilerOptions, include: ["**/*.ts"] }));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--max-old-space-size=8192", path.join(root, compilers[compiler]), "-p", config],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve(error === null ? "" : `${stdout}${stderr}` || String(error)),
    );
  });
}
