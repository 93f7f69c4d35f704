import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { installed, nodeBinary, peer, root, work } from "./peers.js";
import type { Target } from "./specs.js";

/** A generator, with what it writes and how it is started. */
export interface Tool {
  readonly name: string;
  readonly what: string;
  /** The command that generates into a folder. */
  readonly command: (target: Target, output: string) => readonly string[];
  /** Compiler options that its output needs beside the strict ones. */
  readonly compilerOptions: object;
}

const strict = {
  target: "es2023",
  lib: ["es2023", "dom", "dom.iterable"],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
} as const;

export function tools(version: string): readonly Tool[] {
  return [
    {
      name: `sallyport ${version}`,
      what: "types, zod, policy, server, client, tRPC",
      command: ({ spec, overlay }, output) => [
        nodeBinary(),
        path.join(root, "dist/cli.js"),
        ...["generate", spec, "--overlay", overlay, "-o", output],
      ],
      // What we promise to please is stricter than what peers do.
      compilerOptions: {
        ...strict,
        module: "nodenext",
        moduleResolution: "nodenext",
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
      },
    },
    {
      name: `hey-api ${installed("@hey-api/openapi-ts")}`,
      what: "types, SDK, zod",
      command: ({ spec }, output) => [
        nodeBinary(),
        path.join(peer("@hey-api/openapi-ts"), "bin/run.js"),
        "--file",
        config("hey-api", output, {
          input: spec,
          output: { path: output },
          plugins: ["@hey-api/typescript", "@hey-api/client-fetch", "@hey-api/sdk", "zod"],
        }),
      ],
      compilerOptions: { ...strict, module: "esnext", moduleResolution: "bundler" },
    },
    {
      name: `orval ${installed("orval")}`,
      what: "zod",
      command: ({ spec }, output) => [
        nodeBinary(),
        path.join(peer("orval"), "dist/bin/orval.mjs"),
        "--config",
        config("orval", output, {
          api: {
            input: { target: spec },
            output: { target: path.join(output, "api.ts"), client: "zod", mode: "single" },
          },
        }),
      ],
      compilerOptions: { ...strict, module: "esnext", moduleResolution: "bundler" },
    },
  ];
}

function config(name: string, output: string, options: object): string {
  const file = path.join(work, "configs", `${path.basename(output)}.${name}.mjs`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `export default ${JSON.stringify(options, null, 2)};\n`);
  return file;
}
