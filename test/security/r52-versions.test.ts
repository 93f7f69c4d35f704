import { cors, deprecated, type Versioning } from "@sallyport/runtime/policy";
import { StartError } from "@sallyport/runtime/server";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { callerOf } from "../support/caller-of.js";
import { anyToken, open, type Sample } from "../support/contract.js";
import { type Raw, type RequestFacts, send, serveLocally } from "../support/wire.js";

const v1 = {
  name: "v1",
  deprecatedAt: "2026-01-01T00:00:00Z",
  sunset: "2027-06-01T00:00:00Z",
  docs: "https://docs.example/v2",
};
const supported = [v1, { name: "v2" }, { name: "v10" }];
const rules = (versioning: Partial<Versioning>): Versioning => ({
  strategy: "header",
  name: "API-Version",
  current: "v2",
  missing: "current",
  supported,
  ...versioning,
});

const told = ({ version }: { version: string }) => ({ status: 200, body: { version } });
const samples: Readonly<Record<string, Sample>> = {
  plain: { handler: told },
  item: {
    policy: { path: "/items/{id}" },
    wire: { path: [{ name: "id" }] },
    schemas: { path: z.strictObject({ id: z.string() }) },
    handler: told,
  },
  later: { policy: { since: "v10" }, handler: told },
  mine: { policy: { access: anyToken }, handler: told },
  find: {
    wire: { query: [{ name: "q" }] },
    schemas: { query: z.strictObject({ q: z.string().optional() }) },
    handler: told,
  },
  write: {
    policy: { method: "POST" },
    wire: { body: { media: ["application/json"], required: true } },
    schemas: { body: { "application/json": z.unknown() } },
    handler: told,
  },
  page: { policy: { cors: cors({ origins: ["https://app.example"] }) }, handler: told },
  old: {
    policy: { lifecycle: deprecated({ deprecatedAt: "2025-01-01T00:00:00Z", successor: "GET /plain" }) },
    handler: told,
  },
};

type Ask = (target: string, headers?: readonly string[], facts?: RequestFacts) => Promise<Raw>;

async function at(
  versioning: Partial<Versioning>,
  use: (ask: Ask) => Promise<void>,
  { time = "2026-11-01T00:00:00Z", basePath = "/api" } = {},
): Promise<void> {
  const shop = open(samples, { policy: { versioning: rules(versioning) }, now: () => Date.parse(time), basePath });
  const server = await serveLocally(shop.api);
  try {
    await use((target, headers = [], facts = {}) => send(server, { target, headers, ...facts }));
  } finally {
    await server.close();
  }
}

const answered = (reply: Raw) => [reply.status, reply.status < 400 ? reply.json.version : reply.json.code];

describe("R52 versions in a header", () => {
  it("a call is of the version that it names, and of the current one where it names none", async () => {
    await at({}, async (ask) => {
      expect(answered(await ask("/api/plain", ["API-Version: v1"]))).toEqual([200, "v1"]);
      expect(answered(await ask("/api/plain", ["api-version: v10"]))).toEqual([200, "v10"]);
      expect(answered(await ask("/api/plain"))).toEqual([200, "v2"]);
    });
  });

  it("what is no version is refused, and so is none where one must be named", async () => {
    await at({ missing: "reject" }, async (ask) => {
      for (const lines of [[], ["API-Version: v3"], ["API-Version: V1"], ["API-Version:"], ["API-Version: v1, v2"]]) {
        const reply = await ask("/api/plain", lines);
        expect([lines, ...answered(reply)]).toEqual([lines, 400, "unsupported_version"]);
        expect(reply.json.supported).toEqual(["v1", "v2", "v10"]);
      }
      const twice = await ask("/api/plain", ["API-Version: v1", "API-Version: v2"]);
      expect(answered(twice)).toEqual([400, "bad_request"]);
    });
  });

  it("an operation that came later is not there yet, whoever asks", async () => {
    await at({}, async (ask) => {
      expect(answered(await ask("/api/later", ["API-Version: v2"]))).toEqual([404, "not_found"]);
      expect(answered(await ask("/api/later", ["API-Version: v10"]))).toEqual([200, "v10"]);
    });
  });

  it("every answer says that it depends on the header, refusals too", async () => {
    await at({}, async (ask) => {
      for (const headers of [["API-Version: v1"], [], ["API-Version: v3"]])
        expect((await ask("/api/plain", headers)).headers.vary).toEqual(["API-Version"]);
      const { headers } = await ask("/api/page", ["API-Version: v3", "Origin: https://app.example"]);
      expect([headers.vary, headers["access-control-allow-origin"]]).toEqual([
        ["API-Version", "Origin"],
        ["https://app.example"],
      ]);
      expect(headers["access-control-expose-headers"]?.join()).toContain("Deprecation");
    });
  });

  it("a page may send the version", async () => {
    await at({}, async (ask) => {
      const asked = ["Origin: https://app.example", "Access-Control-Request-Method: GET"];
      const reply = await ask("/api/page", asked, { method: "OPTIONS" });
      expect([reply.status, reply.headers["access-control-allow-headers"]?.join()]).toEqual([
        204,
        expect.stringContaining("API-Version"),
      ]);
    });
  });
});

describe("R52 a version that ends", () => {
  it("its callers are told on every response, refusals included, and the others are not", async () => {
    await at({}, async (ask) => {
      for (const [target, status] of [
        ["/api/plain", 200],
        ["/api/mine", 401],
      ] as const) {
        const { headers, ...reply } = await ask(target, ["API-Version: v1"]);
        expect(reply.status).toBe(status);
        expect(headers.deprecation).toEqual(["@1767225600"]);
        expect(headers.sunset).toEqual(["Tue, 01 Jun 2027 00:00:00 GMT"]);
        expect(headers.link).toEqual([
          '<https://docs.example/v2>; rel="deprecation"',
          '<https://docs.example/v2>; rel="sunset"',
        ]);
      }
      const { headers } = await ask("/api/plain", ["API-Version: v2"]);
      expect([headers.deprecation, headers.sunset, headers.link]).toEqual([undefined, undefined, undefined]);
    });
  });

  it("is 410 from its sunset on, before it is asked who calls, and says which versions there are", async () => {
    await at(
      {},
      async (ask) => {
        const gone = await ask("/api/mine", ["API-Version: v1"]);
        expect([...answered(gone), gone.json.supported]).toEqual([410, "gone", ["v2", "v10"]]);
        expect(gone.headers.sunset).toEqual(["Tue, 01 Jun 2027 00:00:00 GMT"]);
        expect(answered(await ask("/api/plain", ["API-Version: v2"]))).toEqual([200, "v2"]);
      },
      { time: "2027-06-01T00:00:00Z" },
    );
    await at({}, async (ask) => expect(answered(await ask("/api/plain", ["API-Version: v1"]))).toEqual([200, "v1"]), {
      time: "2027-05-31T23:59:59Z",
    });
  });

  it("of an operation that ends as well, one date each is told: the first", async () => {
    await at({}, async (ask) => {
      const { headers } = await ask("/api/old", ["API-Version: v1"]);
      expect([headers.deprecation, headers.sunset]).toEqual([["@1735689600"], ["Tue, 01 Jun 2027 00:00:00 GMT"]]);
      expect(headers.link?.at(-1)).toBe('</api/plain>; rel="successor-version"');
      const other = (await ask("/api/old", ["API-Version: v2"])).headers;
      expect([other.deprecation, other.sunset]).toEqual([["@1735689600"], undefined]);
    });
  });
});

describe("R52 versions in the path", () => {
  const path = { strategy: "path", name: "", missing: "reject" } as const;
  const place = { basePath: "/api/v2" };

  it("stand in place of the current one", async () => {
    await at(
      path,
      async (ask) => {
        expect(answered(await ask("/api/v1/plain"))).toEqual([200, "v1"]);
        expect(answered(await ask("/api/v10/later"))).toEqual([200, "v10"]);
        expect(answered(await ask("/api/v2/later"))).toEqual([404, "not_found"]);
        for (const target of ["/api/v3/plain", "/api/plain", "/api/V1/plain", "/api/v1//plain", "/api/v2/v1/plain"])
          expect([target, (await ask(target)).status]).toEqual([target, 404]);
        expect((await ask("/api/v2/plain")).headers.vary).toBeUndefined();
      },
      place,
    );
  });

  it("an old one names the same resource in the newest that has it", async () => {
    await at(
      path,
      async (ask) => {
        expect((await ask("/api/v1/items/a%2Fb")).headers.link?.at(-1)).toBe(
          '</api/v10/items/a%2Fb>; rel="successor-version"',
        );
        // The successor of the operation is in the same version; that of the version, in another.
        expect((await ask("/api/v1/old")).headers.link?.slice(-2)).toEqual([
          '</api/v1/plain>; rel="successor-version"',
          '</api/v10/old>; rel="successor-version"',
        ]);
      },
      place,
    );
  });

  it("may be left out where the spec lets them", async () => {
    await at(
      { ...path, missing: "current" },
      async (ask) => {
        expect(answered(await ask("/api/plain"))).toEqual([200, "v2"]);
        expect(answered(await ask("/api/v1/plain"))).toEqual([200, "v1"]);
      },
      place,
    );
  });

  it("a preflight asks at the path of its version", async () => {
    await at(
      path,
      async (ask) => {
        const asked = ["Origin: https://app.example", "Access-Control-Request-Method: GET"];
        expect((await ask("/api/v1/page", asked, { method: "OPTIONS" })).status).toBe(204);
        expect((await ask("/api/v3/page", asked, { method: "OPTIONS" })).status).toBe(404);
      },
      place,
    );
  });

  it("a base path without the version does not start", () => {
    for (const basePath of ["/api", "/v2/v2"])
      expect(() => open(samples, { policy: { versioning: rules(path) }, basePath })).toThrow(StartError);
  });
});

describe("R52 versions in the query", () => {
  const query = { strategy: "query", name: "version" } as const;

  it("are no parameter of the operation", async () => {
    await at(query, async (ask) => {
      expect(answered(await ask("/api/find?q=a&version=v1"))).toEqual([200, "v1"]);
      expect(answered(await ask("/api/find?version=v10&q=a"))).toEqual([200, "v10"]);
      expect(answered(await ask("/api/find?q=version"))).toEqual([200, "v2"]);
      expect(answered(await ask("/api/plain?version=v3"))).toEqual([400, "unsupported_version"]);
      expect(answered(await ask("/api/plain?version"))).toEqual([400, "unsupported_version"]);
      expect(answered(await ask("/api/plain?version=v1&version=v2"))).toEqual([400, "bad_request"]);
      expect((await ask("/api/plain?version=v1")).headers.link?.at(-1)).toBe(
        '</api/plain?version=v10>; rel="successor-version"',
      );
    });
  });
});

describe("R52 versions in media types", () => {
  const media = { strategy: "mediaType", name: "" } as const;
  const accept = (text: string) => [`Accept: ${text}`];

  it("the one that is wanted most, and the answer says which it is", async () => {
    await at(media, async (ask) => {
      for (const [wish, version] of [
        ["application/json;version=v1", "v1"],
        ["application/json; version=v1;q=0.5, application/json; version=v10", "v10"],
        ["application/json;version=v3, application/json;version=v1;q=0.1", "v1"],
        ["application/json", "v2"],
      ] as const) {
        const reply = await ask("/api/plain", accept(wish));
        expect([wish, ...answered(reply)]).toEqual([wish, 200, version]);
        expect(reply.headers["content-type"]).toEqual([`application/json;version=${version}`]);
        expect(reply.headers.vary).toEqual(["Accept"]);
      }
    });
  });

  it("one that there is not is 406, and 415 of a body", async () => {
    await at(media, async (ask) => {
      expect(answered(await ask("/api/plain", accept("application/json;version=v3")))).toEqual([406, "not_acceptable"]);
      const post = (type: string, ...more: readonly string[]) =>
        ask("/api/write", [`Content-Type: application/json${type}`, ...more], { method: "POST", body: "{}" });
      expect(answered(await post(";version=v1"))).toEqual([200, "v1"]);
      expect(answered(await post(""))).toEqual([200, "v2"]);
      expect(answered(await post(";version=v3"))).toEqual([415, "unsupported_media_type"]);
      expect(answered(await post(";version=v1", "Accept: application/json;version=v2"))).toEqual([
        415,
        "unsupported_media_type",
      ]);
    });
  });
});

describe("R52 versions and tRPC", () => {
  it("a router is of the version that it was generated for, unless the header says otherwise", async () => {
    const operations = { query: ["plain", "later"], mutation: [] };
    const header = open(samples, { policy: { versioning: rules({ missing: "reject" }) } }).api;
    const call = callerOf(header, operations);
    expect(await call("alice", "plain", undefined)).toBe(200);
    expect(await call("alice", "later", undefined)).toBe(404);
  });
});

describe("R52 what is no version", () => {
  it.each([
    ["an unknown current version", { current: "v3" }],
    ["a header without a name", { name: "" }],
    ["a version twice", { supported: [v1, v1, { name: "v2" }, { name: "v10" }] }],
    ["a name that would be another path", { supported: [{ name: ".." }, ...supported] }],
    ["an end that is no date", { supported: [...supported, { name: "v11", sunset: "soon" }] }],
    ["an operation of no version", { supported: [{ name: "v2" }] }],
  ] as const)("%s does not start", (_, versioning) => {
    expect(() => open(samples, { policy: { versioning: rules(versioning) } })).toThrow(StartError);
  });
});
