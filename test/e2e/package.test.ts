import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { key, server } from "../../examples/quickstart/server.js";
import { generate } from "../../generator/index.js";
import { compilers } from "../support/typecheck.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
// Below the repository: the compiler is there, as it would be installed in the package's own folder.
const folder = mkdtempSync(path.join(root, ".cache-package-"));
const sdk = path.join(folder, "sdk");
const consumer = path.join(folder, "consumer");
let tarball = "";
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) =>
  execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
const pack = (from: string) => {
  const name = run("npm", ["pack", "--silent", "--pack-destination", folder], from).trim().split("\n").at(-1) ?? "";
  return path.join(folder, name);
};
const options = {
  spec: "examples/quickstart/notes.yaml",
  output: sdk,
  cwd: root,
  package: { name: "@notes/sdk", license: "Apache-2.0" },
};

beforeAll(async () => {
  expect(existsSync(path.join(root, "runtime/dist/client/index.js")), "run `npm run build` first").toBe(true);
  await generate(options);
  tarball = pack(sdk);
  mkdirSync(consumer);
  writeFileSync(
    path.join(consumer, "package.json"),
    JSON.stringify({ name: "consumer", private: true, type: "module" }),
  );
  const runtime = pack(path.join(root, "runtime"));
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball, runtime], consumer);
}, 240_000);

const main = `
import { apiKey, createClient, Failure, getNote, type wire } from "@notes/sdk";
import { type Answers, fake } from "@notes/sdk/fakes";

const { URL_OF_SERVER: baseUrl = "", KEY: key = "" } = process.env;
const client = createClient({ baseUrl, auth: { key: apiKey(key) } });
const input: wire.GetNoteInput = { noteId: "n1" };
const note = await client.notes.getNote(input);
console.log(note.text satisfies string);
const missing = await getNote(client, { noteId: "n2" }).safe();
if (!missing.ok && missing.failure instanceof Failure) console.log(missing.failure.code);
await client.close();

const answers: Answers = { getNote: { status: 200, body: { id: "x", text: "made up" } } };
// @ts-expect-error the description has no such status
export const wrong: Answers = { getNote: { status: 299, body: note } };
console.log((await createClient({ auth: { key: apiKey("k") }, transport: fake(answers) }).notes.getNote(input)).text);
`;

/** How a project of a partner's may find packages. */
const resolutions = {
  node16: { module: "node16", moduleResolution: "node16" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
} as const;

describe("the SDK as a package", () => {
  it("holds what a user reads and runs, and nothing else", () => {
    const files = run("tar", ["-tzf", tarball], folder).trim().split("\n").sort();
    const compiled = (name: string) => [
      `dist/${name}.d.ts`,
      `dist/${name}.d.ts.map`,
      `dist/${name}.js`,
      `dist/${name}.js.map`,
    ];
    const names = ["client", "fakes", "index", "policy", "types", "wire"];
    const expected = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
    expect(files).toEqual(
      [...expected, ...names.flatMap(compiled), ...names.map((name) => `src/${name}.ts`)]
        .map((one) => `package/${one}`)
        .sort(),
    );
  });

  it("passes publint, strictly", async () => {
    const { messages } = await publint({
      strict: true,
      pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
    });
    expect(messages).toEqual([]);
  });

  it("has types that are right: for every way to find it but require of an older Node, as it is ESM alone", async () => {
    const found = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
    if (found.types === false) throw new Error("There are no types");
    const isOld = ({ kind, ...more }: (typeof found.problems)[number]) =>
      // Node's own `require` has taken ES modules since 20.19; `node10` knows no exports.
      kind === "CJSResolvesToESM" ||
      (kind === "NoResolution" && "resolutionKind" in more && more.resolutionKind === "node10");
    expect(found.problems.filter((one) => !isOld(one))).toEqual([]);
    expect(Object.keys(found.entrypoints)).toEqual([".", "./fakes", "./package.json"]);
  });

  it.each(Object.entries(resolutions))(
    "compiles in a project of %s, declarations of libraries included",
    (name, found) => {
      writeFileSync(path.join(consumer, "main.ts"), main);
      const compilerOptions = {
        ...found,
        target: "es2022",
        lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        types: ["node"],
        typeRoots: [path.join(root, "node_modules/@types")],
        outDir: `built-${name}`,
      };
      writeFileSync(path.join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["main.ts"] }));
      const told = (() => {
        try {
          return run(process.execPath, [path.join(root, compilers["TypeScript 7"]), "-p", "."], consumer);
        } catch (error) {
          return String((error as { stdout?: string }).stdout);
        }
      })();
      expect(told).toBe("");
    },
    120_000,
  );

  it("runs there, against the generated server", async () => {
    // Not synchronously: the server that it asks is in this process.
    const { stdout } = await promisify(execFile)(process.execPath, ["built-node16/main.js"], {
      cwd: consumer,
      env: { ...process.env, URL_OF_SERVER: server.url, KEY: key },
    });
    expect(stdout).toBe("Buy milk\nnot_found\nmade up\n");
  });

  it("is generated again without a word of the user's being touched", async () => {
    writeFileSync(path.join(sdk, "CHANGELOG.md"), "# Mine\n");
    rmSync(path.join(sdk, "LICENSE"));
    const { files } = await generate(options);
    expect(files.filter((one) => one.status !== "unchanged")).toEqual([]);
    expect(readFileSync(path.join(sdk, "CHANGELOG.md"), "utf8")).toBe("# Mine\n");
    expect(existsSync(path.join(sdk, "LICENSE"))).toBe(false);
    await generate({ ...options, package: { ...options.package, version: "2.0.0" } });
    expect(JSON.parse(readFileSync(path.join(sdk, "package.json"), "utf8")).version).toBe("2.0.0");
    expect(readFileSync(path.join(sdk, "CHANGELOG.md"), "utf8")).toBe("# Mine\n");
  });
});
