import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { render } from "../../../../generator/render/engine.js";
import { fileNames } from "../../../../generator/view/file-names.js";
import { viewsOf } from "../../../../generator/view/files.js";
import { modelOf } from "../../../support/api-of.js";
import { crowded } from "../../../support/crowded-spec.js";
import { typecheck } from "../../../support/typecheck.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const folder = mkdtempSync(path.join(root, ".cache-views-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a user says to the emitted tests. */
const setup = `import type { SecuritySetup } from "@sallyport/runtime/testing/security";

export const setup: SecuritySetup = { baseUrl: "http://127.0.0.1", credentials: {} };
`;

/** What a user would write against the files: each line that must not compile says so. */
const witness = `
import { createClient } from "./client.js";
import { createApi, type Handlers, type Options } from "./server.js";
import type { AppRouter } from "./trpc.js";

declare const options: Options;
export const api = createApi(options);
// @ts-expect-error a missing verifier
export const unguarded = createApi({ handlers: options.handlers, objects: options.objects });
// @ts-expect-error a missing loader
export const unowned = createApi({ handlers: options.handlers, schemes: options.schemes });

export const things: Handlers["things"] = {
  open: (call) => {
    const { path, query } = call;
    const size: number = query["page-size"];
    // @ts-expect-error nobody is known where everybody may call
    call.principal;
    return { status: 200, headers: { etag: path.id }, body: { id: path.id, owner: size } };
  },
  maybeKnown: async ({ principal, body }) => {
    // @ts-expect-error a stranger may call
    principal.id;
    // @ts-expect-error the body may be missing
    body.owner;
    // @ts-expect-error what only the server writes is not in a request
    body?.id.length;
    return { status: 204 };
  },
  // @ts-expect-error no such response is declared
  both: ({ principal }) => ({ status: 299, body: principal.id }),
};

const client = createClient({ auth: {} });
export const calls = [
  client.default.health(),
  client.things.open({ id: "1", "page-size": 3 }),
  // @ts-expect-error a path parameter is missing
  client.things.open({}),
];
export const order = await client.things.open({ id: "1" });
order.owner.toFixed();
// @ts-expect-error what only the client writes is not in a response
order.secret;
export type Procedures = AppRouter["_def"]["record"];
`;

beforeAll(async () => {
  const { api, spec } = await modelOf(crowded);
  for (const view of await viewsOf(api, spec, fileNames)) {
    const text = "text" in view ? view.text : `${render(view)}${view.body ?? ""}`;
    writeFileSync(path.join(folder, view.path), text);
  }
  writeFileSync(path.join(folder, "security.setup.ts"), setup);
});

describe("what is emitted", () => {
  it("type-checks under the strictest options, and holds its users to them", async () => {
    writeFileSync(path.join(folder, "witness.ts"), witness);
    expect(await typecheck(folder, "TypeScript 5.9")).toBe("");
    rmSync(path.join(folder, "witness.ts"));
  }, 240_000);

  it("is as Biome would have it: formatted, imports sorted, nothing to lint", () => {
    const { $schema, formatter, linter } = JSON.parse(readFileSync(path.join(root, "biome.json"), "utf8"));
    const configuration = { $schema, root: true, formatter, linter };
    writeFileSync(path.join(folder, "biome.json"), JSON.stringify(configuration));
    // types.ts is printed by TypeScript's own printer.
    const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "types.ts");
    expect(files.length).toBeGreaterThan(6);
    const biome = path.join(root, "node_modules/@biomejs/biome/bin/biome");
    const { status, stdout, stderr } = spawnSync(process.execPath, [biome, "check", ...files], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(`${stdout}${stderr}`).toContain(`Checked ${files.length} files`);
    expect(status, stderr).toBe(0);
  });
});
