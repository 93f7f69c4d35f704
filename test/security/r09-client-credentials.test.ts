import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { apiKey, basic, bearer } from "@sallyport/runtime/client";
import { toListener } from "@sallyport/runtime/node";
import { apiKeys, createApiKey, jwt, memoryKeys, basic as verifyBasic } from "@sallyport/runtime/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Auth, type Client, createClient } from "../golden/credentials/expected/client.js";
import { createApi } from "../golden/credentials/expected/server.js";
import { startProvider, type TestProvider } from "../support/provider.js";

/** A request as it came in: which server it came to, and the credentials that it brought. */
interface Came {
  readonly at: string;
  readonly with: readonly string[];
}

let provider: TestProvider;
let servers: readonly Server[];
let credentials: Required<Auth>;
const came: Came[] = [];
const urls = { home: "", files: "" };

beforeAll(async () => {
  provider = await startProvider({
    clients: [{ id: "app", secret: "app-secret", scope: "read" }],
    audiences: ["https://api.test"],
  });
  const keys = memoryKeys();
  const { key } = await createApiKey({ store: keys, prefix: "door_", owner: "ann" });
  const api = createApi({
    env: { DOORS_ISSUER: provider.issuer },
    audit: { write: () => undefined },
    handlers: {
      doors: Object.fromEntries(
        ["and", "andOr", "elsewhere", "open", "optional", "or"].map((id) => [id, () => ({ status: 204 })]),
      ) as never,
    },
    schemes: {
      oidc: jwt(),
      key: apiKeys({ store: keys }),
      login: verifyBasic({ verify: (user, password) => (password === "p" ? { id: user } : undefined) }),
    },
  });
  const listener = toListener(api);
  const open = async (at: keyof typeof urls) => {
    const server = createServer((request, response) => {
      const { authorization, "x-key": own } = request.headers;
      const kind = authorization?.split(" ", 1)[0]?.toLowerCase();
      came.push({ at, with: [...(kind === undefined ? [] : [kind]), ...(own === undefined ? [] : ["key"])] });
      listener(request, response);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    urls[at] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return server;
  };
  servers = [await open("home"), await open("files")];
  credentials = {
    oidc: bearer(await provider.token({ client: "app", scope: "read" })),
    key: apiKey(key),
    login: basic({ username: "ann", password: "p" }),
  };
});
beforeEach(() => {
  came.length = 0;
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  await provider.close();
});

/** Calls an operation with some of the credentials: what came to which server, and how the call ended. */
async function call(operation: keyof Client["doors"], configured: readonly (keyof Auth)[]) {
  const auth = Object.fromEntries(configured.map((name) => [name, credentials[name]]));
  const client = createClient({ baseUrl: urls.home, servers: { "https://files.doors.example": urls.files }, auth });
  try {
    const result = await client.doors[operation]().safe();
    return { came: [...came], end: result.ok ? result.response.status : result.failure };
  } finally {
    await client.close();
  }
}

describe("R9 C a call carries what its operation asks for, as the generated server sees it", () => {
  const all = ["key", "login", "oidc"] as const;

  it.each<readonly [keyof Client["doors"], readonly (keyof Auth)[], readonly string[]]>([
    // Nothing is asked for, so nothing is told.
    ["open", [], []],
    ["open", all, []],
    // An AND: all of it.
    ["and", ["oidc", "key"], ["bearer", "key"]],
    ["and", all, ["bearer", "key"]],
    // An OR: the first that is configured, and no more.
    ["or", ["oidc"], ["bearer"]],
    ["or", ["key"], ["key"]],
    ["or", ["key", "login"], ["key"]],
    ["or", all, ["bearer"]],
    // An OR of ANDs: the first that is configured as a whole.
    ["andOr", all, ["bearer", "key"]],
    ["andOr", ["login", "key"], ["basic"]],
    ["andOr", ["login", "oidc"], ["basic"]],
    // `{}`: who has a credential shows it, and who has none calls all the same.
    ["optional", [], []],
    ["optional", ["login", "oidc"], []],
    ["optional", ["key"], ["key"]],
  ])("%s, configured with %j, sends %j", async (operation, configured, sent) => {
    expect(await call(operation, configured)).toEqual({ came: [{ at: "home", with: sent }], end: 204 });
  });

  it.each<readonly [keyof Client["doors"], readonly (keyof Auth)[], string]>([
    ["and", [], "key and oidc: auth lacks key and oidc"],
    ["and", ["oidc"], "key and oidc: auth lacks key"],
    ["and", ["key", "login"], "key and oidc: auth lacks oidc"],
    ["or", ["login"], "oidc, or key: auth lacks oidc, or key"],
    ["andOr", ["key"], "key and oidc, or login: auth lacks oidc, or login"],
    ["elsewhere", ["oidc"], "key: auth lacks key"],
  ])("%s, configured with %j, fails before the network: it needs %s", async (operation, configured, names) => {
    const { came: requests, end } = await call(operation, configured);
    expect(requests).toEqual([]);
    expect(end).toMatchObject({
      code: "credential_missing",
      message: `The operation needs ${names}`,
      operation,
      status: undefined,
    });
  });
});

describe("R58 C credentials go to the origin of their operation alone", () => {
  it("an operation with a server of its own is called there, with its own credential", async () => {
    expect(await call("elsewhere", ["key", "oidc", "login"])).toEqual({
      came: [{ at: "files", with: ["key"] }],
      end: 204,
    });
  });

  it("a step that sends the call elsewhere does not take the credential along", async () => {
    const client = createClient({
      baseUrl: urls.home,
      auth: credentials,
      interceptors: [(next) => (one) => next({ ...one, outgoing: { ...one.outgoing, url: `${urls.files}/or` } })],
    });
    const result = await client.doors.or().safe();
    await client.close();
    expect(came).toEqual([]);
    expect(result.ok ? "ok" : result.failure.code).toBe("configuration");
  });
});
