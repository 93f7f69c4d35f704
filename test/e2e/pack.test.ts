import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const project = mkdtempSync(path.join(tmpdir(), "sallyport-pack-"));
afterAll(() => rmSync(project, { recursive: true, force: true }));

const run = (command: string, args: readonly string[], cwd = project) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

const main = `
import { apiKey, Failure } from "@sallyport/runtime/client";
import { insecurePlaintext, listen } from "@sallyport/runtime/node";
import { apiKeys, createApiKey, memoryKeys } from "@sallyport/runtime/server";
import { createClient } from "./generated/client.js";
import { createApi } from "./generated/server.js";

const keys = memoryKeys();
const mine = await createApiKey({ store: keys, prefix: "note_", owner: "me" });
const api = createApi({
  handlers: { notes: { getNote: ({ object: note }) => ({ status: 200, body: note }) } },
  schemes: { key: apiKeys({ store: keys }) },
  objects: { Note: (id) => (id === "n1" ? { id, text: "hello", ownerId: "me" } : { id, text: "no", ownerId: "you" }) },
});
const server = await listen(api, { port: 0, host: "127.0.0.1", [insecurePlaintext]: "a test on loopback" });
const notes = createClient({ baseUrl: server.url, auth: { key: apiKey(mine.key) } });
console.log(JSON.stringify(await notes.notes.getNote({ noteId: "n1" })));
try {
  await notes.notes.getNote({ noteId: "n2" });
} catch (thrown) {
  console.log(thrown instanceof Failure ? thrown.code : String(thrown));
}
await notes.close();
await server.close();
`;

describe("the two packages, packed and installed into an empty project", () => {
  it("generate, type-check and serve there", () => {
    expect(existsSync(path.join(root, "dist/cli.js")), "run `npm run build` first").toBe(true);
    const pack = (folder: string) =>
      run("npm", ["pack", "--silent", "--pack-destination", project], folder).trim().split("\n").at(-1);
    const tarballs = [pack(root), pack(path.join(root, "runtime"))];
    writeFileSync(path.join(project, "package.json"), JSON.stringify({ name: "notes", private: true, type: "module" }));
    run("npm", [
      "install",
      "--no-audit",
      "--no-fund",
      "--prefer-offline",
      ...tarballs.map((name) => `./${name}`),
      "zod@4",
      "@trpc/server@11",
      "typescript@5.9",
      "@types/node@20",
    ]);
    cpSync(path.join(root, "examples/quickstart/notes.yaml"), path.join(project, "notes.yaml"));
    run("npx", ["--no-install", "sallyport", "generate", "notes.yaml", "-o", "generated"]);
    expect(
      run("npx", ["--no-install", "sallyport", "generate", "notes.yaml", "-o", "generated", "--dry-run"]),
    ).not.toContain("written");
    writeFileSync(path.join(project, "main.ts"), main);
    writeFileSync(
      path.join(project, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          target: "es2023",
          module: "nodenext",
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          outDir: "built",
          types: ["node"],
        },
        include: ["main.ts", "generated"],
      }),
    );
    run("npx", ["--no-install", "tsc"]);
    const [own, audit, foreign] = run(process.execPath, ["built/main.js"]).trim().split("\n");
    expect(own).toBe('{"id":"n1","text":"hello"}');
    expect(JSON.parse(audit ?? "")).toMatchObject({
      event: "authorization.refused",
      operation: "getNote",
      principal: "me",
    });
    expect(foreign).toBe("not_found");
  }, 240_000);
});
