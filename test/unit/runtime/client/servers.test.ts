import { apiKey, connect, filledIn, type Transport } from "@sallyport/runtime/client";
import { type ApiPolicy, anyOf, type ServerPolicy, scheme } from "@sallyport/runtime/policy";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeAuthority } from "../../../support/certificates.js";
import {
  callOnce,
  clientPolicy,
  failureOf,
  json,
  type Origin,
  operation,
  startOrigin,
} from "../../../support/client.js";

/** Where a call goes, by a transport that goes nowhere. */
async function goesTo(api: Partial<ApiPolicy>, servers: readonly ServerPolicy[] | undefined, options: object = {}) {
  const urls: string[] = [];
  const transport: Transport = {
    send: async ({ url }) => {
      urls.push(url);
      return { status: 204, headers: {}, body: new Uint8Array() };
    },
    close: async () => {},
  };
  await callOnce({ ...options, policy: api, transport }, operation(servers === undefined ? {} : { servers }));
  return urls[0];
}

const regional: ServerPolicy = {
  url: "https://{region}.api.example/{base}",
  variables: { region: { default: "eu", enum: ["eu", "us"] }, base: { default: "v1" } },
};
const api = { servers: [regional], variables: ["base", "region"] };
const upload = { url: "https://upload.example/v2" };

describe("variables of a server's URL", () => {
  it("have the spec's defaults, and what the caller says", async () => {
    expect(await goesTo(api, undefined)).toBe("https://eu.api.example/v1/things");
    expect(await goesTo(api, undefined, { variables: { region: "us", base: "v2/beta" } })).toBe(
      "https://us.api.example/v2/beta/things",
    );
  });

  it.each([
    ["region", "evil.example/#"],
    ["region", "evil.example"],
    ["region", "asia"],
    ["region", ""],
    ["base", "../admin"],
    ["base", "v1/.."],
    ["base", "v1?x="],
    ["base", "v1#"],
    ["base", "%2e%2e"],
    ["base", "\\evil"],
    ["regoin", "us"],
    ["__proto__", "us"],
  ])("R58 %s cannot be %j", (name, value) => {
    const variables = JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`) as Record<string, string>;
    expect(() => connect(clientPolicy(api), { variables })).toThrow(expect.objectContaining({ code: "configuration" }));
  });

  it.each([
    ["https://{host}.example.com", "evil.example/", false],
    ["https://{host}.example.com", "evil.example", false],
    ["https://{host}.example.com", "user@evil", false],
    ["https://{host}.example.com", "tenant-1", true],
    ["https://api{host}", "x.evil.example", false],
    ["https://{host}:8443/v1", "api.example", true],
    ["https://{host}/v1", "api.example:1/x", false],
    ["{host}://api.example", "http", false],
    ["{host}://api.example", "https", true],
  ])("R58 %s without a list of values: %j", (url, value, fits) => {
    const server = { url, variables: { host: { default: "https" } } };
    const policy = clientPolicy({ servers: [server], variables: ["host"] });
    const start = () => connect(filledIn(policy, { variables: { host: value } }), { variables: { host: value } });
    if (fits) expect(start).not.toThrow();
    else expect(start).toThrow(expect.objectContaining({ code: "configuration" }));
  });
});

describe("servers of a single operation", () => {
  it("are where it is called", async () => {
    expect(await goesTo(api, [upload])).toBe("https://upload.example/v2/things");
    expect(await goesTo(api, [{ url: "/v3" }])).toBe("https://eu.api.example/v3/things");
    expect(
      await goesTo(api, [{ url: "https://{region}.up.example", variables: regional.variables ?? {} }], {
        variables: { region: "us" },
      }),
    ).toBe("https://us.up.example/things");
  });

  it("R58 a client that was sent elsewhere does not guess where they are there", async () => {
    const options = { baseUrl: "https://staging.example/v1" };
    expect((await failureOf(goesTo(api, [upload], options))).message).toContain(
      'servers: { "https://upload.example/v2": … }',
    );
    const servers = { [upload.url]: "https://upload.staging.example" };
    expect(await goesTo(api, [upload], { ...options, servers })).toBe("https://upload.staging.example/things");
    expect(await goesTo(api, [{ url: "https://eu.api.example/v9" }], options)).toBe(
      "https://staging.example/v9/things",
    );
    expect(await goesTo(api, [upload], { baseUrl: "https://eu.api.example/other" })).toBe(
      "https://upload.example/v2/things",
    );
  });

  it.each(["http://upload.example", "https://u:p@upload.example", "https://upload.example/?x"])(
    "R58 credentials do not go to %s",
    async (url) => {
      expect((await failureOf(goesTo(api, [{ url }]))).code).toBe("configuration");
      expect((await failureOf(goesTo(api, [upload], { servers: { [upload.url]: url } }))).code).toBe("configuration");
    },
  );
});

describe("origins of one client", () => {
  let home: Origin;
  let other: Origin;
  let pinned: Origin;
  let pin: string;
  let ca: string;

  beforeAll(async () => {
    const authority = await makeAuthority();
    const leaf = await authority.issue();
    [ca, pin] = [authority.cert, leaf.pin];
    home = await startOrigin((_, response) => json(response, 200, {}));
    other = await startOrigin((_, response) => json(response, 200, {}));
    pinned = await startOrigin((_, response) => json(response, 200, {}), leaf);
  });
  beforeEach(() => {
    for (const one of [home, other, pinned]) (one.requests as unknown[]).length = 0;
  });
  afterAll(async () => {
    for (const one of [home, other, pinned]) await one.close();
  });

  it("R58 each gets the credentials of its own calls, and no other's", async () => {
    const caller = connect(clientPolicy({ servers: [{ url: home.url }] }), { auth: { key: apiKey("k3y") } });
    const access = anyOf({ allOf: [scheme("key")] });
    await caller.send(operation({ access }), {});
    await caller.send(operation({ servers: [{ url: other.url }] }), {});
    await caller.send(operation({ access, path: "/up", servers: [{ url: other.url }] }), {});
    await caller.close();
    const seen = (origin: Origin) => origin.requests.map(({ url, headers }) => [url, headers["x-key"]]);
    expect(seen(home)).toEqual([["/things", "k3y"]]);
    expect(seen(other)).toEqual([
      ["/things", undefined],
      ["/up", "k3y"],
    ]);
  });

  it("R57 each is held to its own pins", async () => {
    const wrong = `sha256/${"A".repeat(43)}=`;
    const caller = connect(clientPolicy({ servers: [{ url: home.url }] }), {});
    const at = (pins: readonly string[]) => operation({ servers: [{ url: pinned.url, tls: { pins } }] });
    expect((await failureOf(caller.send(at([pin]), {}))).code).toBe("configuration");
    await caller.close();
    const trusting = connect(clientPolicy({ servers: [{ url: pinned.url, tls: { pins: [pin, wrong] } }] }), {
      tls: { ca },
    });
    await trusting.send(operation(), {});
    // The same origin without pins of its own: the root's hold.
    await trusting.send(operation({ servers: [{ url: `${pinned.url}/v2` }] }), {});
    await trusting.close();
    const elsewhere = connect(clientPolicy({ servers: [{ url: "https://localhost:1" }] }), { tls: { ca } });
    const strangers = [wrong, wrong.replace("A", "B")];
    expect((await failureOf(elsewhere.send(at(strangers), {}))).code).toBe("pin_mismatch");
    await elsewhere.close();
    expect(pinned.requests.map(({ url }) => url)).toEqual(["/things", "/v2/things"]);
  });
});
