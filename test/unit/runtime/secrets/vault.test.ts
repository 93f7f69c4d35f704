import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { loadSecrets, Secret, type VaultAuth, vault } from "@sallyport/runtime/secrets";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

/** A server with the part of Vault's HTTP API that is used: logins, and the KV engine version 2 (developer.hashicorp.com/vault/api-docs). */
const state = {
  tokens: new Set<string>(),
  data: {} as Record<string, unknown> | null,
  logins: 0,
  sealed: false,
  /** What it answers instead, as behind a quota or a proxy. */
  failing: undefined as number | undefined,
  asked: [] as unknown[],
};
let server: Server;
let address: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sallyport-vault-"));
  await writeFile(path.join(folder, "token"), "service-account-jwt\n");
  server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    const body = await text(request);
    if (request.headers["x-vault-request"] !== "true") return answer(400, { errors: ["missing X-Vault-Request"] });
    if (state.failing !== undefined)
      return answer(state.failing, { errors: ["request path kv: rate limit quota exceeded"] });
    if (state.sealed) return answer(503, { errors: ["Vault is sealed"] });
    if (request.method === "POST" && request.url?.startsWith("/v1/auth/")) {
      const { secret_id, jwt, ...rest } = JSON.parse(body);
      state.asked.push([request.url, rest]);
      if (secret_id !== "s-id" && jwt !== "service-account-jwt") return answer(400, { errors: ["invalid secret id"] });
      const token = `hvs-${++state.logins}`;
      state.tokens.add(token);
      return answer(200, { auth: { client_token: token, lease_duration: 3_600, renewable: true } });
    }
    if (!state.tokens.has(String(request.headers["x-vault-token"])))
      return answer(403, { errors: ["permission denied"] });
    if (request.headers["x-vault-namespace"] !== "team") return answer(404, { errors: [] });
    if (request.url !== "/v1/kv/data/bank/api%20one") return answer(404, { errors: [] });
    // A version that was deleted answers 404 with its metadata.
    if (state.data === null) return answer(404, { data: { data: null, metadata: { deletion_time: "x", version: 2 } } });
    return answer(200, { data: { data: state.data, metadata: { version: 1 } } });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  Object.assign(state, {
    tokens: new Set(["root"]),
    data: { PEPPER: "one", N: 5 },
    logins: 0,
    sealed: false,
    failing: undefined,
    asked: [],
  });
});

let now = 1_000_000;
const open = (auth: VaultAuth, rest: { path?: string } = {}) =>
  vault({ address, mount: "kv", path: "bank/api one", auth, namespace: "team", now: () => now, ...rest });
const load = (auth: VaultAuth, names = ["PEPPER"]) => loadSecrets(names, [open(auth)], { every: "0s" });
const appRole = { appRole: { roleId: "r", secretId: new Secret("s-id") } };

it("a token reads the keys of one secret, and a new version is followed", async () => {
  const { get, refresh } = await load({ token: "root" });
  expect(get("PEPPER").reveal()).toBe("one");
  state.data = { PEPPER: "two" };
  await refresh();
  expect(get("PEPPER").reveal()).toBe("two");
});

it("a key that is missing, or no text, is missing", async () => {
  await expect(load({ token: "root" }, ["N", "toString"])).rejects.toThrow(
    /N is not in Vault[\s\S]*toString is not in Vault/,
  );
});

it("AppRole logs in once for the length of a lease, and again at its end", async () => {
  const { refresh } = await load(appRole);
  await refresh();
  expect(state.logins).toBe(1);
  now += 3_600_000;
  await refresh();
  expect(state.logins).toBe(2);
});

it("a token that was revoked before its time is replaced, once", async () => {
  const { refresh } = await load(appRole);
  state.tokens.clear();
  await refresh();
  expect(state.logins).toBe(2);
});

it("Kubernetes logs in with the token of the service account", async () => {
  const auth = { kubernetes: { role: "bank", tokenFile: path.join(folder, "token") } };
  expect((await load(auth)).get("PEPPER").reveal()).toBe("one");
  expect(state.asked).toEqual([["/v1/auth/kubernetes/login", { role: "bank" }]]);
  const elsewhere = { kubernetes: { ...auth.kubernetes, mount: "clusters/one" } };
  await load(elsewhere);
  expect(state.asked.at(-1)).toEqual(["/v1/auth/clusters/one/login", { role: "bank" }]);
  const absent = { kubernetes: { role: "bank", tokenFile: path.join(folder, "no") } };
  await expect(load(absent)).rejects.toThrow("there is no");
});

it.each<[string, () => void, VaultAuth, string]>([
  ["a wrong token", () => {}, { token: "wrong" }, "it answered 403"],
  ["a wrong secret id", () => {}, { appRole: { roleId: "r", secretId: "hunter2" } }, "the login answered 400"],
  ["a sealed Vault", () => void Object.assign(state, { sealed: true }), { token: "root" }, "it answered 503"],
  ["a deleted version", () => void Object.assign(state, { data: null }), { token: "root" }, "PEPPER is not in Vault"],
])("%s stops the start, and shows no secret", async (_name, arrange, auth, message) => {
  arrange();
  await expect(load(auth)).rejects.toThrow(message);
  await expect(load(auth)).rejects.not.toThrow(/hunter2|wrong/);
});

it.each([429, 500, 502, 503])(
  "one that answers %i later leaves the last value, and is followed again",
  async (status) => {
    const secrets = await load(appRole);
    state.data = { PEPPER: "two" };
    state.failing = status;
    await expect(secrets.refresh()).rejects.toThrow(`it answered ${status}`);
    expect(secrets.get("PEPPER").reveal()).toBe("one");
    state.failing = undefined;
    await secrets.refresh();
    expect([secrets.get("PEPPER").reveal(), state.logins]).toEqual(["two", 1]);
  },
);

it("nothing of a path leads upwards", () => {
  expect(() => open({ token: "root" }, { path: "../../sys/mounts" })).toThrow(RangeError);
});
