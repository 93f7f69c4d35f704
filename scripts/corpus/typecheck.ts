import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compilers, strictest } from "../../test/support/typecheck.js";
import type { Outcome } from "./generate.js";
import { cache, digestOf, root } from "./packages.js";

export type Compiler = keyof typeof compilers;

/** What a compiler says of each description's files: nothing where all is well. */
export type Complaints = ReadonlyMap<string, readonly string[]>;

type Generated = Outcome & { readonly output: string; readonly digest: string };

/** How much emitted text one program holds: the compiler's own start is shared, and its memory bounded. */
const batchOctets = 8_000_000;

/**
 * Type-checks the files of many descriptions, some in one program. What a compiler said of the same bytes is remembered, so that a
 * second run checks only what has changed. What is not checked within the time is not in the answer: nobody knows of it.
 */
export async function typecheckAll(
  outcomes: readonly Outcome[],
  compiler: Compiler,
  seconds = Number.POSITIVE_INFINITY,
): Promise<Complaints> {
  const end = performance.now() + seconds * 1_000;
  const generated = outcomes.filter((one): one is Generated => one.output !== undefined && one.digest !== undefined);
  const file = memoryFile(compiler);
  const memory = remembered(file);
  const open = generated.filter((one) => memory[one.digest] === undefined);
  for (const batch of batches(open)) {
    if (performance.now() > end) break;
    const said = await check(batch, compiler);
    for (const one of batch) memory[one.digest] = said.get(one.id) ?? [];
    writeFileSync(file, JSON.stringify(memory));
  }
  return new Map(
    generated.flatMap(({ id, digest }) => (memory[digest] === undefined ? [] : [[id, memory[digest]] as const])),
  );
}

function batches(outcomes: readonly Generated[]): readonly (readonly Generated[])[] {
  const all: Generated[][] = [];
  let room = 0;
  for (const one of outcomes) {
    const octets = readdirSync(one.output).reduce((sum, file) => sum + statSync(path.join(one.output, file)).size, 0);
    if (octets > room) {
      all.push([]);
      room = batchOctets;
    }
    room -= octets;
    all.at(-1)?.push(one);
  }
  return all;
}

async function check(batch: readonly Generated[], compiler: Compiler): Promise<Complaints> {
  const config = path.join(cache, `tsconfig.${compiler.replaceAll(" ", "-")}.json`);
  const compilerOptions = { ...strictest, customConditions: ["sallyport-source"], pretty: false };
  writeFileSync(config, JSON.stringify({ compilerOptions, include: batch.map((one) => `out/${one.id}/*.ts`) }));
  // What is emitted is ESM, as the package that it is emitted into has to be.
  writeFileSync(path.join(cache, "out", "package.json"), '{ "type": "module" }\n');
  const said = new Map<string, string[]>(batch.map((one) => [one.id, []]));
  const output = await run(config, compiler);
  for (const line of output.split("\n").filter((one) => /error TS\d+/.test(one))) {
    const [, id] = /(?:^|\/)out\/([^/]+)\//.exec(line) ?? [];
    // A complaint about no description is one about all of them: none may pass then.
    for (const one of batch) if (id === undefined || one.id === id) said.get(one.id)?.push(line);
  }
  return said;
}

function run(config: string, compiler: Compiler): Promise<string> {
  const command = ["--max-old-space-size=8192", path.join(root, compilers[compiler]), "-p", config];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: cache, maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      const said = `${stdout}${stderr}`;
      const isSilentFailure = error !== null && !/error TS\d+/.test(said);
      resolve(isSilentFailure ? `error TS0: the compiler failed: ${error.message} ${said}` : said);
    });
  });
}

/** Emitted files are checked against the runtime's types: another runtime, another memory. */
function memoryFile(compiler: Compiler): string {
  const folder = path.join(cache, "checked");
  mkdirSync(folder, { recursive: true });
  const { version } = JSON.parse(readFileSync(path.join(root, compilers[compiler], "../../package.json"), "utf8"));
  const sources = readdirSync(path.join(root, "runtime/src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort();
  const runtime = digestOf(
    sources.map((name) => readFileSync(path.join(root, "runtime/src", name), "utf8")).join("\0"),
  );
  return path.join(folder, `${version}-${runtime.slice(0, 16)}.json`);
}

function remembered(file: string): Record<string, readonly string[]> {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}
