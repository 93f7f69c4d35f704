import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { key, server } from "../../examples/quickstart/server.js";
import { generate } from "../../generator/index.js";
import { binaries, freePort, isThere, type Platform, serving } from "../support/platforms.js";
import { compilers } from "../support/typecheck.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
// Below the repository, where the built packages are found.
const folder = mkdtempSync(path.join(root, ".cache-platforms-"));
const run = (file: string, args: readonly string[]) =>
  promisify(execFile)(file, args, { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });

/** A program with the client, as it would be written for any platform. */
const client = `
import { apiKey, createClient, Failure, type wire } from "@notes/sdk";

export async function ask(baseUrl: string, key: string): Promise<string> {
  const notes = createClient({ baseUrl, auth: { key: apiKey(key) } });
  const input: wire.GetNoteInput = { noteId: "n1" };
  const { text } = await notes.notes.getNote(input);
  const missing = await notes.notes.getNote({ noteId: "n2" }).safe();
  const stranger = await createClient({ baseUrl, auth: { key: apiKey("note_wrong") } }).notes.getNote(input).safe();
  await notes.close();
  return [text, ...[missing, stranger].map((one) => (one.ok || !(one.failure instanceof Failure) ? "?" : one.failure.code))].join(" | ");
}
`;
const program = `
import { ask } from "./client.ts";

const [baseUrl = "", key = ""] = process.argv.slice(2);
console.log(await ask(baseUrl, key));
`;
const answered = "Buy milk | not_found | unauthenticated";

/** The guarded server as a fetch handler. */
const api = `
import { apiKeys, createApiKey, memoryKeys } from "@sallyport/runtime/server";
import { toFetch } from "@sallyport/runtime/fetch";
import { createApi } from "./generated/server.js";

const keys = memoryKeys();
let first: Promise<string> | undefined;
/** Made at the first request: Workers have no chance at start. */
export const key = () => (first ??= createApiKey({ store: keys, prefix: "note_", owner: "ann" }).then((one) => one.key));
export const made = () =>
  createApi({
    handlers: { notes: { getNote: ({ object: note }) => ({ status: 200, body: note }) } },
    schemes: { key: apiKeys({ store: keys }) },
    objects: { Note: (id) => (id === "n1" ? { id, text: "From afar", ownerId: "ann" } : undefined) },
  });
let handle: ((request: Request) => Promise<Response>) | undefined;
export const serve = (request: Request): Promise<Response> => (handle ??= toFetch(made()))(request);
`;
/** What a platform serves: the API, and at a path of the test's own a key for it, and the client's answer. */
const entry = `
import { key, serve } from "./api.ts";
import { ask } from "./client.ts";

export async function fetchOf(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/key") return new Response(await key());
  if (pathname === "/ask") return new Response(await ask(searchParams.get("url") ?? "", searchParams.get("key") ?? ""));
  return serve(request);
}
`;
const onNode = `
import { createServer } from "node:http";
import { toListener } from "@sallyport/runtime/node";
import { key, made as api } from "./api.ts";
import { ask } from "./client.ts";

const guarded = toListener(api());
createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
  const say = (text: string) => void response.end(text);
  if (pathname === "/key") return void key().then(say);
  if (pathname === "/ask") return void ask(searchParams.get("url") ?? "", searchParams.get("key") ?? "").then(say);
  guarded(request, response);
}).listen(Number(process.argv[2]), "127.0.0.1");
`;
const servers: Readonly<Record<"node22" | "node24" | "node26" | "bun" | "deno" | "workerd", string>> = {
  node22: onNode,
  node24: onNode,
  node26: onNode,
  bun: `import { fetchOf } from "./entry.ts"; Bun.serve({ port: Number(process.argv[2]), hostname: "127.0.0.1", fetch: fetchOf });`,
  deno: `import { fetchOf } from "./entry.ts"; Deno.serve({ port: Number(process.argv[2]), hostname: "127.0.0.1" }, fetchOf);`,
  workerd: `import { fetchOf } from "./entry.ts"; export default { fetch: fetchOf };`,
};

beforeAll(async () => {
  expect(existsSync(path.join(root, "runtime/dist/client/index.js")), "run `npm run build` first").toBe(true);
  const sdk = path.join(folder, "sdk");
  await generate({ spec: "examples/quickstart/notes.yaml", output: sdk, cwd: root, package: { name: "@notes/sdk" } });
  await run(process.execPath, [path.join(root, compilers["TypeScript 7"]), "-p", sdk]);
  await generate({ spec: "examples/quickstart/notes.yaml", output: path.join(folder, "generated"), cwd: root });
  // As they are installed: Deno reads declarations beside what really stands in node_modules, and not behind links.
  const installed = path.join(folder, "node_modules");
  cpSync(sdk, path.join(installed, "@notes/sdk"), { recursive: true });
  for (const part of ["dist", "package.json"])
    cpSync(path.join(root, "runtime", part), path.join(installed, "@sallyport/runtime", part), { recursive: true });
  const files = { "client.ts": client, "main.ts": program, "api.ts": api, "entry.ts": entry };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  writeFileSync(
    path.join(folder, "package.json"),
    JSON.stringify({ name: "platforms", private: true, type: "module" }),
  );
  writeFileSync(path.join(folder, "deno.json"), JSON.stringify({ nodeModulesDir: "manual", lock: false }));
}, 120_000);
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One file for a platform, with its own conditions: as its users bundle. */
async function bundled(name: string, from: string, conditions: readonly string[]): Promise<string> {
  const outfile = path.join(folder, `${name}.bundle.mjs`);
  await build({
    stdin: { contents: from, resolveDir: folder, loader: "ts", sourcefile: `${name}.ts` },
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: [...conditions, "import"],
    external: ["node:*"],
  });
  return outfile;
}

/** The types are taken away, and nothing is bundled: packages are resolved by Node. */
async function bundledForNode(name: string, from: string): Promise<string> {
  const outfile = path.join(folder, `${name}.bundle.mjs`);
  await build({
    stdin: { contents: from, resolveDir: folder, loader: "ts", sourcefile: `${name}.ts` },
    outfile,
    bundle: true,
    format: "esm",
    packages: "external",
    platform: "node",
  });
  return outfile;
}

const title = (name: Platform) => (isThere(name) ? name : `${name} (not here: npm run platforms)`);

describe("the generated client, as it is published, runs", () => {
  for (const name of ["node22", "node24", "node26"] as const)
    it.skipIf(!isThere(name))(title(name), async () => {
      const file = await bundledForNode("node", program);
      expect((await run(binaries[name], [file, server.url, key])).stdout.trim()).toBe(answered);
    });

  it("node, which runs the tests", async () => {
    const file = await bundledForNode("node", program);
    expect((await run(process.execPath, [file, server.url, key])).stdout.trim()).toBe(answered);
  });

  it.skipIf(!isThere("bun"))(
    title("bun"),
    async () => {
      expect((await run(binaries.bun, ["main.ts", server.url, key])).stdout.trim()).toBe(answered);
    },
    60_000,
  );

  it.skipIf(!isThere("deno"))(
    `${title("deno")}, where it type-checks too`,
    async () => {
      const { stdout } = await run(binaries.deno, ["run", "--check", "--allow-all", "main.ts", server.url, key]);
      expect(stdout.trim()).toBe(answered);
    },
    60_000,
  );
});

describe("the generated server guards, on node:http or by its fetch adapter; and the client runs beside it", () => {
  const node = (port: number, file: string) => [file, String(port)];
  const listening: Readonly<Record<keyof typeof servers, (port: number, file: string) => readonly string[]>> = {
    node22: node,
    node24: node,
    node26: node,
    bun: (port, file) => ["run", file, String(port)],
    deno: (port, file) => ["run", "--allow-all", file, String(port)],
    workerd: (port, file) => {
      const config = path.join(folder, "worker.capnp");
      writeFileSync(config, capnp(port, path.basename(file)));
      return ["serve", config];
    },
  };

  const serves = (name: keyof typeof servers) => async () => {
    const file = await (name.startsWith("node")
      ? bundledForNode(name, servers[name])
      : bundled(name, servers[name], [name]));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const process = await serving(binaries[name], listening[name](port, file), `${url}/key`, folder);
    try {
      const own = await (await fetch(`${url}/key`)).text();
      const refused = await fetch(`${url}/notes/n1`);
      expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([
        401,
        'ApiKey realm="key", in="header", name="X-Api-Key"',
      ]);
      const known = await fetch(`${url}/notes/n1`, { headers: { "x-api-key": own } });
      expect([known.status, await known.json()]).toEqual([200, { id: "n1", text: "From afar" }]);
      const asked = await fetch(`${url}/ask?${new URLSearchParams({ url: server.url, key })}`);
      expect([asked.status, await asked.text()]).toEqual([200, answered]);
    } finally {
      await process.close();
    }
  };

  for (const name of ["node22", "node24", "node26", "bun", "deno", "workerd"] as const)
    it.skipIf(!isThere(name))(title(name), serves(name), 90_000);
});

function capnp(port: number, file: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "${file}")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_compat"],
);
`;
}
