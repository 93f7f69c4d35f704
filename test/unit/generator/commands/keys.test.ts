import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "../../../../generator/cli.js";
import { runVerify } from "../../../../generator/commands/keys/commands.js";
import { lockFolder } from "../../../../generator/commands/keys/folder-lock.js";
import { stateOf, tableOf } from "../../../../generator/commands/keys/show.js";
import { durationOf, instantOf } from "../../../../generator/commands/keys/values.js";

const folder = mkdtempSync(path.join(tmpdir(), "sallyport-keys-"));
const schemes = {
  partner:
    "{type: apiKey, in: header, name: X-Key, x-sallyport: {apiKey: {hash: hmac-sha256, pepper: env:SHOP_PEPPER}}}",
  staff: "{type: oauth2, flows: {clientCredentials: {tokenUrl: https://id.example, scopes: {orders:read: Read.}}}}",
  kiosk: "{type: apiKey, in: header, name: X-Kiosk}",
};
const specOf = (names: readonly (keyof typeof schemes)[]) => `openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: "https://shop.example"}]
x-sallyport: {vocabulary: 1, roles: {clerk: {}, boss: {inherits: [clerk]}}}
security: [${names.map((name) => `{${name}: []}`).join(", ")}]
paths: {/orders: {get: {operationId: listOrders, responses: {"204": {description: None.}}}}}
components: {securitySchemes: {${names.map((name) => `${name}: ${schemes[name]}`).join(", ")}}}
`;

beforeAll(() => {
  writeFileSync(path.join(folder, "shop.yaml"), specOf(["partner", "staff"]));
  writeFileSync(path.join(folder, "two.yaml"), specOf(["partner", "kiosk"]));
  writeFileSync(path.join(folder, "none.yaml"), specOf(["staff"]));
  writeFileSync(path.join(folder, "sallyport.config.mjs"), 'export default { spec: "shop.yaml" };\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

function streams() {
  const said = { out: "", err: "" };
  const out = (text: string) => {
    said.out += text;
  };
  const err = (text: string) => {
    said.err += text;
  };
  return { said, streams: { out, err, colour: false } };
}

describe("sallyport keys, called wrongly: 2, and nothing on standard output", () => {
  it.each<[string[], string]>([
    [["create", "--owner", "a", "--role", "clark"], 'SP087 Unknown role "clark". Defined: boss, clerk.'],
    [["create", "--owner", "a", "--role", "clark"], 'Did you mean "clerk"?'],
    [
      ["create", "--owner", "a", "--scope", "orders:write"],
      'SP087 Unknown scope "orders:write". Defined: orders:read.',
    ],
    [["create", "--owner", "a", "--scheme", "staff"], 'SP086 Unknown scheme for API keys "staff". Defined: partner.'],
    [["create", "--owner", "a", "--spec", "two.yaml"], "SP086 The spec has several schemes for API keys."],
    [["create", "--owner", "a", "--spec", "none.yaml"], "SP086 No operation of the spec asks for an API key."],
    [["create", "--owner", "a", "--expires", "soon"], "SP089"],
    [["rotate", "0", "--overlap", "a week"], "SP089"],
    [["create"], "owner"],
    [["rotate"], "id"],
    [["verify", "shop_live_0"], "shop_live_0"],
    [["list", "--store", "env:NOWHERE"], "SP085 NOWHERE is not set"],
    [["lsit"], "lsit"],
    [[], "Say what to do with keys."],
  ])("%j %s", async (args, expected) => {
    vi.stubEnv("SHOP_PEPPER", "p".repeat(32));
    const { said, streams: to } = streams();
    expect(await main(["keys", ...args], to, folder)).toBe(2);
    expect(said.err).toContain(expected);
    expect(said.out).toBe("");
  });

  it("a pepper that is not set stops a command before it opens the store", async () => {
    vi.stubEnv("SHOP_PEPPER", "");
    const { said, streams: to } = streams();
    expect(await main(["keys", "create", "--owner", "a"], to, folder)).toBe(2);
    expect(said.err).toContain("SP088 SHOP_PEPPER is not set");
  });

  it("no key on standard input is no key", async () => {
    vi.stubEnv("SHOP_PEPPER", "p".repeat(32));
    const { said, streams: to } = streams();
    expect(await runVerify({}, to, folder, Readable.from(["\n"]))).toBe(2);
    expect(said.err).toContain("SP089 No key came");
  });

  it("a database that does not answer is said so, without its password", async () => {
    vi.stubEnv("KEYS_URL", "postgres://nobody:hunter2@127.0.0.1:1/x");
    const { said, streams: to } = streams();
    expect(await main(["keys", "list", "--store", "env:KEYS_URL"], to, folder)).toBe(2);
    expect(said.err).toContain("SP085 The store of keys does not open");
    expect(said.err).not.toContain("hunter2");
  });
});

describe("the folder of an embedded store", () => {
  it("has one user at a time, and is free again when that one ended without a word", async () => {
    const place = path.join(folder, "locked");
    mkdirSync(place);
    const release = await lockFolder(place);
    const second = lockFolder(place);
    release();
    (await second)();
    // The process id of nobody: Linux gives none above 2^22.
    writeFileSync(`${place}.lock`, String(2 ** 22 + 1));
    (await lockFolder(place))();
  });
});

describe("what is shown of keys", () => {
  const record = { id: "0a", owner: "acme\u001b[31m", createdAt: 0 };

  it("is a table that cannot drive a terminal", () => {
    const table = tableOf([{ ...record, roles: ["clerk", "boss"], expiresAt: 86_400_000 }], 0);
    expect(table).toBe(
      [
        "ID  STATE   SCHEME  OWNER           ROLES       SCOPES  CREATED     EXPIRES     LAST USED",
        "0a  active  -       acme\\u001b[31m  clerk,boss  -       1970-01-01  1970-01-02  -",
        "",
      ].join("\n"),
    );
  });

  it("says whether they work", () => {
    const states = [
      {},
      { revokedAt: 1 },
      { expiresAt: 5 },
      { replacedBy: "b", expiresAt: 6 },
      { replacedBy: "b", expiresAt: 5 },
    ];
    expect(states.map((facts) => stateOf({ ...record, ...facts }, 5))).toEqual([
      "active",
      "revoked",
      "expired",
      "replaced",
      "expired",
    ]);
  });

  it("reads when a key ends", () => {
    expect(instantOf("90d", 1)).toBe(90 * 86_400_000 + 1);
    expect(instantOf("1970-01-02", 1)).toBe(86_400_000);
    expect(durationOf("12h")).toBe(43_200_000);
    for (const wrong of ["", "tomorrow", "5", "1970-13-40"]) expect(() => instantOf(wrong, 0)).toThrow("SP089");
  });
});
