// Builds both packages: templates first (the generator imports them precompiled), then TypeScript, then what is derived from it.
import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: "inherit" });

run("--import", "tsx", "scripts/precompile.ts");
rmSync(`${root}dist`, { recursive: true, force: true });
rmSync(`${root}runtime/dist`, { recursive: true, force: true });
run("node_modules/typescript/bin/tsc", "-p", "runtime/tsconfig.build.json");
run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");

const { vocabularyJsonSchema } = await import("../dist/vocabulary/publish.js");
writeFileSync(`${root}dist/vocabulary.schema.json`, `${JSON.stringify(vocabularyJsonSchema(), null, 2)}\n`);
copyFileSync(`${root}LICENSE`, `${root}runtime/LICENSE`);
