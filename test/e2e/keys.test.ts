import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { postgresKeys } from "@sallyport/runtime/postgres";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cluster, postgresBin, startPostgres } from "../support/postgres-server.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "sallyport-keys-"));
const pepper = "a pepper of more than 32 characters";
const rules =
  "prefix: shop_live_, hash: hmac-sha256, pepper: env:SHOP_PEPPER, expires: required, rotation: {maxAge: 90d, overlap: 7d}";
writeFileSync(
  path.join(folder, "shop.yaml"),
  `openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: "https://shop.example"}]
x-sallyport: {vocabulary: 1, roles: {clerk: {}, boss: {inherits: [clerk]}}}
security: [{partner: []}, {staff: [orders:read]}]
paths:
  /orders: {get: {operationId: listOrders, responses: {"204": {description: None.}}}}
components:
  securitySchemes:
    partner: {type: apiKey, in: header, name: X-Key, x-sallyport: {apiKey: {${rules}}}}
    staff: {type: oauth2, flows: {clientCredentials: {tokenUrl: "https://id.example", scopes: {"orders:read": Read.}}}}
`,
);
writeFileSync(path.join(folder, "sallyport.config.mjs"), 'export default { spec: "shop.yaml" };\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command line as a process of its own. */
function keys(args: readonly string[], { input = "", env = {} as object } = {}): Promise<Ended> {
  const cli = path.join(root, "generator/cli.ts");
  const flags = ["--conditions=sallyport-source", "--import", import.meta.resolve("tsx"), cli, "keys", ...args];
  const child = spawn(process.execPath, flags, {
    cwd: folder,
    env: { ...process.env, SHOP_PEPPER: pepper, NO_COLOR: "1", NODE_OPTIONS: "", ...env },
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (said.out += String(chunk)));
  child.stderr.on("data", (chunk) => (said.err += String(chunk)));
  child.stdin.end(input);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...said })));
}

const form = /^shop_live_[0-9a-f]{16}_[0-9a-f]{48}$/;

describe("sallyport keys, in a folder", () => {
  it("makes a key, shows it once, and judges it", async () => {
    const made = await keys(["create", "--owner", "acme", "--role", "clerk", "--quiet"]);
    expect(made.err).toBe("");
    expect(made.code).toBe(0);
    const key = made.out.trimEnd();
    expect(key).toMatch(form);
    expect(statSync(path.join(folder, ".sallyport/keys")).mode & 0o077).toBe(0);

    const good = await keys(["verify"], { input: `${key}\n` });
    expect(good.code).toBe(0);
    expect(JSON.parse(good.out)).toMatchObject({ valid: true, owner: "acme", roles: ["clerk"], scheme: "partner" });
    expect(good.out + good.err).not.toContain(key.slice(27));
    // Its lock is gone with the process.
    expect(existsSync(path.join(folder, ".sallyport/keys.lock"))).toBe(false);
  }, 240_000);
});

const bin = postgresBin();
const absent = bin === undefined && process.env.CI !== "true";

describe.skipIf(absent)("sallyport keys, in PostgreSQL", () => {
  let cluster: Cluster;
  let env: object;
  beforeAll(async () => {
    cluster = await startPostgres(bin ?? "");
    env = { SALLYPORT_KEYS: "env:DATABASE_URL", DATABASE_URL: cluster.url };
  }, 120_000);
  afterAll(() => cluster.stop());

  it("takes a key from birth to death", async () => {
    const trail = ["--audit", "trail.jsonl", "--actor", "ops"];
    const made = await keys(
      ["create", "--owner", "acme", "--scope", "orders:read", "--expires", "30d", "--json", ...trail],
      { env },
    );
    expect(made.err).toBe("");
    const first = JSON.parse(made.out);
    expect(first).toMatchObject({
      key: expect.stringMatching(form),
      owner: "acme",
      state: "active",
      scopes: ["orders:read"],
    });

    const rotated = await keys(["rotate", first.id, "--overlap", "1h", ...trail], { env });
    expect([rotated.code, rotated.out]).toEqual([0, expect.stringMatching(/^shop_live_[0-9a-f_]{65}\n$/)]);
    expect(rotated.err).toContain("shown this once");
    const old = await keys(["verify"], { input: first.key, env });
    expect(old.code).toBe(0);
    expect(JSON.parse(old.out)).toMatchObject({ state: "replaced" });

    const revoked = await keys(["revoke", first.id, ...trail], { env });
    expect(revoked.code).toBe(0);
    expect(revoked.err).toContain("which works: revoke that as well?");
    const dead = await keys(["verify"], { input: first.key, env });
    expect([dead.code, dead.out]).toEqual([1, ""]);
    expect(dead.err).toBe(`Refused: revoked API key ${first.id}.\n`);

    const listed = await keys(["list", "--owner", "acme", "--json"], { env });
    expect(JSON.parse(listed.out)).toMatchObject([{ id: first.id, state: "revoked" }, { state: "active" }]);
    const written = readFileSync(path.join(folder, "trail.jsonl"), "utf8");
    expect(
      written
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject(
      ["created", "rotated", "revoked"].map((what) => ({
        event: `api_key.${what}`,
        subject: first.id,
        principal: "ops",
      })),
    );
    for (const text of [listed.out, written]) expect(text).not.toMatch(/[0-9a-f]{40}/);

    const pool = new pg.Pool(cluster.config);
    expect(await (await postgresKeys(pool, { migrate: "check" })).list()).toHaveLength(2);
    await pool.end();
  }, 240_000);
});
