import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { UrlRule, UrlRules } from "../../runtime/src/policy/index.js";
import { type CheckedUrls, type Resolve, StartError } from "../../runtime/src/server/index.js";
import { multipart } from "../../runtime/src/server/multipart.js";
import { ask } from "../support/asking.js";
import { open, type Sample } from "../support/contract.js";
import { exchangeOf } from "../support/exchange.js";
import { send, serveLocally } from "../support/wire.js";

const json = "application/json";
const names: Readonly<Record<string, readonly string[]>> = {
  "hooks.example.com": ["93.184.216.34"],
  "both.example.com": ["93.184.216.34", "2606:4700::1111"],
  "rebound.example.com": ["127.0.0.1"],
  "one-of-two.example.com": ["93.184.216.34", "10.0.0.7"],
  "metadata.example.com": ["169.254.169.254"],
  "azure.example.com": ["168.63.129.16"],
  "mapped.example.com": ["::ffff:127.0.0.1"],
  "six.example.com": ["::1"],
  "linked.example.com": ["fe80::1"],
  "nat64.example.com": ["64:ff9b::7f00:1"],
  "garbage.example.com": ["not an address"],
  "inside.example.com": ["10.1.2.3"],
  "xn--bcher-kva.example.com": ["93.184.216.34"],
  localhost: ["127.0.0.1"],
};
const asked: string[] = [];
let resolve: Resolve;
const told: CheckedUrls[] = [];

const taking = (urls: UrlRules, path = "/hooks"): Sample => ({
  policy: { method: "POST", path, urls },
  wire: { body: { media: [json], required: true }, query: [{ name: "u" }, { name: "list", kind: ["string"] }] },
  schemas: {
    body: { [json]: z.unknown() },
    query: z.strictObject({ u: z.string().optional(), list: z.array(z.string()).optional() }),
  },
  handler: (({ urls }: { urls: CheckedUrls }) => {
    told.push(urls);
    return { status: 200, body: {} };
  }) as never,
});
const strict: UrlRule = { schemes: ["https"], hosts: ["*.example.com", "hooks.example.org:8443"] };
const any: UrlRule = { schemes: ["https", "http"] };
const inside: UrlRule = { schemes: ["http", "https"], private: "allow" };

const shop = open(
  {
    strict: taking({ "body:/url": strict }, "/strict"),
    any: taking({ "body:/url": any }, "/any"),
    inside: taking({ "body:/url": inside }, "/inside"),
    deep: taking(
      {
        "body:/list/*": any,
        "body:/map/*/to": any,
        "body:/tree/**/icon": any,
        "query:/u": any,
        "query:/list/*": any,
        "body:/also": any,
      },
      "/deep",
    ),
    twice: taking({ "body:/a": any, "body:/b": strict }, "/twice"),
    whole: taking({ "body:": any }, "/whole"),
  },
  { resolve: (host, context) => resolve(host, context), patience: 200 },
);
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());
beforeEach(() => {
  asked.length = 0;
  told.length = 0;
  resolve = async (host) => {
    asked.push(host);
    return names[host] ?? [];
  };
});

const post = (target: string, body: unknown) =>
  send(server, { method: "POST", target, body: JSON.stringify(body), headers: [`Content-Type: ${json}`] });
const errorsOf = async (target: string, body: unknown) => {
  const reply = await post(target, body);
  return [reply.status, (reply.json.errors as { pointer: string }[] | undefined)?.map(({ pointer }) => pointer)];
};

describe("API7 a URL whose text says that it may not be called", () => {
  it.each([
    "http://hooks.example.com/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://hooks.example.com/",
    "javascript:alert(1)",
    "data:text/plain,x",
    "//hooks.example.com/",
    "/relative",
    "hooks.example.com",
    "",
    " https://hooks.example.com/",
    "https://hooks.example.com/\n",
    "https:hooks.example.com",
    "https:/hooks.example.com",
    "https:///hooks.example.com",
    "https:\\\\hooks.example.com",
    "https://user@hooks.example.com/",
    "https://user:pass@hooks.example.com/",
    "https://@hooks.example.com/",
    "https://:@hooks.example.com/",
    "https://hooks.example.com@evil.example/",
    "https://hooks.example.com\\@evil.example/",
    "https://evil.example/hooks.example.com",
    "https://evil.example#.example.com",
    "https://evil.example?.example.com",
    "https://example.com/",
    "https://notexample.com/",
    "https://hooks.example.com.evil.example/",
    "https://hooks.example.com./",
    "https://hooks.example.com:8443/",
    "https://hooks.example.com:80/",
    "https://hooks.example.com:/",
    "https://hooks.example.com:0443/",
    "https://hooks.example.org/",
    "https://hooks.example.org:8444/",
    "https://hooks%2eexample.com/",
    "https://%68ooks.example.com/",
    "https://hooks。example.com/",
    "https://ｈooks.example.com/",
    "https://bücher.example.com/",
    "https://hooks.example.com\u0000.evil.example/",
    "https://hooks.exam\tple.com/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://localhost/",
  ])("%j", async (url) => {
    expect(await errorsOf("/strict", { url })).toEqual([422, ["#/url"]]);
    expect(asked, "nobody asks a name server for it").toEqual([]);
    expect(told).toEqual([]);
  });

  it.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0/",
    "http://0.0.0.0/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/",
    "http://100.100.100.200/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127.0.0.1./",
  ])("where every host is allowed: %s", async (url) => {
    expect(await errorsOf("/any", { url })).toEqual([422, ["#/url"]]);
    expect(told).toEqual([]);
  });
});

describe("API7 a URL whose host leads to where it may not", () => {
  const hidden = Object.keys(names).filter(
    (name) => !["hooks.example.com", "both.example.com", "xn--bcher-kva.example.com"].includes(name),
  );

  it.each([...hidden, "nobody.example.com"])("%s", async (name) => {
    expect(await errorsOf("/any", { url: `https://${name}/` })).toEqual([422, ["#/url"]]);
    expect(asked).toEqual([name]);
    expect(told).toEqual([]);
  });

  it("tells no caller which names there are inside: a hidden host answers what a missing one does", async () => {
    const replies = await Promise.all(
      ["inside", "nobody", "metadata"].map((name) => post("/any", { url: `https://${name}.example.com/` })),
    );
    const said = replies.map(({ json: { errors } }) => JSON.stringify(errors));
    expect(new Set(said).size).toBe(1);
    expect(said[0]).not.toContain("10.1.2.3");
  });

  it("R55 stands in the audit trail", async () => {
    shop.lines.length = 0;
    await post("/any", { url: "https://metadata.example.com/" });
    expect(shop.lines).toMatchObject([
      { event: "validation.refused", status: 422, reason: "a URL leads to an address that may not be called" },
    ]);
  });

  it.each([
    "http://169.254.169.254/",
    "http://168.63.129.16/",
    "http://100.100.100.200/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://0.0.0.0/",
    "http://224.0.0.1/",
    "https://metadata.example.com/",
    "https://linked.example.com/",
    "https://garbage.example.com/",
  ])("private: allow keeps metadata and links out of reach: %s", async (url) => {
    expect(await errorsOf("/inside", { url })).toEqual([422, ["#/url"]]);
  });

  it.each(["https://inside.example.com/", "http://127.0.0.1/", "http://[fd12::1]/", "http://localhost/"])(
    "private: allow reaches %s",
    async (url) => {
      expect((await post("/inside", { url })).status).toBe(200);
    },
  );
});

describe("R12 nobody knows where a URL leads", () => {
  it("a resolver that throws is 503, and the handler does not run", async () => {
    resolve = () => Promise.reject(new Error("SERVFAIL at ns.internal"));
    const reply = await post("/any", { url: "https://hooks.example.com/" });
    expect([reply.status, reply.body.includes("internal")]).toEqual([503, false]);
    resolve = () => {
      throw new Error("at once");
    };
    expect((await post("/any", { url: "https://hooks.example.com/" })).status).toBe(503);
    expect(told).toEqual([]);
  });

  it("a resolver that never answers has a deadline, and is told", async () => {
    let signal: AbortSignal | undefined;
    resolve = (_, context) => {
      signal = context.signal;
      return new Promise(() => {});
    };
    expect((await post("/any", { url: "https://hooks.example.com/" })).status).toBe(503);
    expect([signal?.aborted, told]).toEqual([true, []]);
  });

  it.each([undefined, null, "93.184.216.34", {}, [undefined], [7]])("a resolver that answers %j", async (nonsense) => {
    resolve = async () => nonsense as unknown as readonly string[];
    const reply = await post("/any", { url: "https://hooks.example.com/" });
    expect([422, 503]).toContain(reply.status);
    expect(told).toEqual([]);
  });
});

describe("what may be called reaches the handler", () => {
  it.each([
    ["/strict", "https://hooks.example.com/x?y=1#z", ["93.184.216.34"]],
    ["/strict", "https://hooks.example.com:443/", ["93.184.216.34"]],
    ["/strict", "https://HOOKS.example.com", ["93.184.216.34"]],
    ["/strict", "https://xn--bcher-kva.example.com/", ["93.184.216.34"]],
    ["/any", "https://both.example.com/", ["93.184.216.34", "2606:4700::1111"]],
    ["/any", "http://8.8.8.8/", ["8.8.8.8"]],
    ["/any", "http://[2606:4700::1111]/", ["2606:4700::1111"]],
  ])("%s %s, with its addresses", async (target, url, addresses) => {
    expect((await post(target, { url })).status).toBe(200);
    expect(told[0]?.get(url)).toMatchObject({ url: new URL(url).href, addresses });
  });

  it("a host with a port of its own", async () => {
    resolve = async () => ["93.184.216.34"];
    expect((await post("/strict", { url: "https://hooks.example.org:8443/" })).status).toBe(200);
  });

  it("what is no text is for the schema to judge, and no URL at all is none", async () => {
    for (const body of [{ url: 7 }, { url: null }, { url: ["https://127.0.0.1/"] }, {}, [], "https://127.0.0.1/"])
      expect((await post("/any", body)).status, JSON.stringify(body)).toBe(200);
    expect(told.every((urls) => urls.size === 0)).toBe(true);
  });
});

describe("places", () => {
  const bad = "http://127.0.0.1/";
  it.each([
    ["/deep", { list: ["https://hooks.example.com/", bad] }, "#/list/1"],
    ["/deep", { map: { "a/b": { to: bad } } }, "#/map/a~1b/to"],
    ["/deep", { tree: { icon: bad } }, "#/tree/icon"],
    ["/deep", { tree: { branches: [{ branches: [{ icon: bad }] }] } }, "#/tree/branches/0/branches/0/icon"],
    [`/deep?u=${encodeURIComponent(bad)}`, {}, "#/u"],
    [`/deep?list=https%3A%2F%2Fhooks.example.com&list=${encodeURIComponent(bad)}`, {}, "#/list/1"],
    ["/whole", bad, "#"],
  ])("%s %j", async (target, body, pointer) => {
    expect(await errorsOf(target, body)).toEqual([422, [pointer]]);
  });

  it("all faults come at once", async () => {
    const body = { list: [bad, "ftp://x/"], also: bad };
    expect((await errorsOf("/deep", body))[1]).toHaveLength(3);
  });

  it("one text in two places is held to both rules", async () => {
    const url = "https://hooks.example.net/";
    expect((await post("/twice", { a: "https://hooks.example.com/", b: "https://hooks.example.com/" })).status).toBe(
      200,
    );
    expect(await errorsOf("/twice", { a: url, b: url })).toEqual([422, ["#/b"]]);
  });

  it("a host is asked for once, and a caller does not choose how many are", async () => {
    const many = (count: number, host: (at: number) => string) =>
      post("/deep", { list: Array.from({ length: count }, (_, at) => `https://${host(at)}/${at}`) });
    expect((await many(30, () => "hooks.example.com")).status).toBe(200);
    expect(asked).toEqual(["hooks.example.com"]);
    resolve = async () => ["93.184.216.34"];
    expect((await many(16, (at) => `h${at}.example.com`)).status).toBe(200);
    expect((await many(17, (at) => `h${at}.example.com`)).status).toBe(422);
  });
});

describe("a server that could not keep the promise does not start", () => {
  const startWith = (urls: object, wire: object = {}) => {
    try {
      open({ a: { ...taking(urls as UrlRules), ...wire } });
    } catch (thrown) {
      return thrown instanceof StartError ? thrown.complaints.map(({ code }) => code) : thrown;
    }
    return undefined;
  };

  it.each([
    [{ "body:/url": { schemes: [] } }],
    [{ "body:/url": { schemes: ["ftp"] } }],
    [{ "body:/url": { schemes: ["https"], hosts: [] } }],
    [{ "body:/url": { schemes: ["https"], hosts: ["*.com"] } }],
    [{ "body:/url": { schemes: ["https"], hosts: ["https://a.example"] } }],
    [{ "body:/url": { schemes: ["https"], hosts: ["127.1"] } }],
    [{ "body:/tree/**": any }],
    [{ "cookies:/url": any }],
  ])("%j", (urls) => {
    expect(startWith(urls)).toEqual(["invalid_policy"]);
  });

  const of = (media: string, parts?: object) => ({
    wire: { body: { media: [media], required: true, ...(parts === undefined ? {} : { parts: { [media]: parts } }) } },
    schemas: { body: { [media]: z.unknown() } },
    multipart,
  });
  it.each([
    ["a body of octets", "body:/url", of("application/octet-stream")],
    ["a file", "body:/icon", of("multipart/form-data", [{ name: "icon", file: [] }])],
    ["a list of files", "body:/icons/*", of("multipart/form-data", [{ name: "icons", file: [], many: true }])],
    ["parts of octets", "body:/*", of("multipart/mixed", { rest: { octets: [] } })],
  ])("nor where nobody would look: %s", (_, place, sample) => {
    expect(startWith({ [place]: any }, sample)).toEqual(["invalid_policy"]);
    expect(startWith({ "query:/url": any }, sample), "octets alone are no fault").toBeUndefined();
  });

  it("nor where nobody can be asked for addresses", () => {
    const { process } = globalThis;
    try {
      Object.defineProperty(globalThis, "process", { value: { env: {} }, configurable: true, writable: true });
      expect(startWith({ "body:/url": any })).toEqual(["invalid_option"]);
    } finally {
      Object.defineProperty(globalThis, "process", { value: process, configurable: true, writable: true });
    }
  });

  it("tRPC's calls are held to the same rules", async () => {
    expect(await shop.api.invoke("any", exchangeOf({}), { body: { url: "http://127.1/" } })).toMatchObject({
      status: 422,
    });
    expect((await ask(shop.api, "/any", { method: "POST", body: '{"url":"http://8.8.8.8/"}' })).status).toBe(200);
  });
});
