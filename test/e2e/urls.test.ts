import { once } from "node:events";
import { createServer } from "node:http";
import { insecurePlaintext, listen, type Server } from "@sallyport/runtime/node";
import { type CheckedUrl, type CheckedUrls, checkUrl, fetchUrl } from "@sallyport/runtime/outgoing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { preview } from "../golden/urls/expected/policy.js";
import { type AddHookCall, createApi, type PreviewCall } from "../golden/urls/expected/server.js";
import { makeAuthority } from "../support/certificates.js";
import { failureOf, type Origin, startOrigin } from "../support/client.js";
import { open } from "../support/contract.js";
import { send, serveLocally } from "../support/wire.js";

/** Where names lead, now. */
let addresses: Readonly<Record<string, readonly string[]>>;
const asked: string[] = [];
const resolve = async (host: string) => {
  asked.push(host);
  return addresses[host] ?? [];
};
let answer: Parameters<typeof startOrigin>[0];
const hooks: AddHookCall[] = [];
const imported: unknown[] = [];
let page: Origin;
let secure: Origin;
let ca: string;
let server: Server;

beforeAll(async () => {
  const authority = await makeAuthority();
  ca = authority.cert;
  page = await startOrigin((...all) => answer(...all));
  secure = await startOrigin((_, response) => void response.end("secure"), await authority.issue());
  const api = createApi({
    handlers: {
      hooks: {
        addHook: (call) => {
          hooks.push(call);
          return { status: 204 };
        },
        importHooks: async (call) => {
          const { urls } = call;
          if (call.bodyType === "multipart/form-data")
            for await (const { stream } of call.body.files) await stream.cancel();
          else
            for await (const one of call.body) imported.push(urls.get("to" in one ? one.to : one.data.to)?.addresses);
          return { status: 204 };
        },
        preview: async ({ query, urls, signal }: PreviewCall) => {
          const found = await fetchUrl(urls.get(query.url), {
            signal,
            ca,
            headers: { "X-Own": "1", Accept: "text/html" },
          });
          return { status: 200, body: { status: found.status, text: await found.text() } };
        },
      },
    },
    resolve,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    audit: { write: () => {} },
  });
  server = await listen(api, { port: 0, host: "127.0.0.1", [insecurePlaintext]: "loopback, in a test" });
});
beforeEach(() => {
  addresses = { "page.example": ["127.0.0.1"], localhost: ["127.0.0.1"], "other.example": ["127.0.0.1"] };
  answer = (_, response) => void response.end("a page");
  asked.length = 0;
  hooks.length = 0;
  imported.length = 0;
  (page.requests as unknown[]).length = 0;
});
afterAll(async () => {
  await server.close();
  await page.close();
  await secure.close();
});

// Of the emitted server: ports are the scheme's own, so the test's rule allows those of the test.
const rule = () => ({
  ...preview.urls?.["query:/url"],
  schemes: ["http", "https"],
  hosts: [`*:${page.port}`, `*:${secure.port}`],
});
const checked = (url: string) => checkUrl(url, { ...rule(), private: "allow" }, { resolve });
const at = (host: string, path = "/") => `http://${host}:${page.port}${path}`;

describe("an emitted server", () => {
  const post = (body: object) =>
    fetch(`${server.url}/hooks`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });

  it("API7 refuses what its description does not allow, wherever it stands", async () => {
    addresses = { "a.example.com": ["93.184.216.34"], "b.example.com": ["10.0.0.1"] };
    const good = "https://a.example.com/";
    const bad = "https://b.example.com/";
    const places = [
      { callback: bad },
      { callback: "https://a.example.net/" },
      { callback: good, mirrors: [good, bad] },
      { callback: good, byEvent: { paid: bad } },
      { callback: good, tree: { branches: [{ icon: bad }] } },
    ];
    for (const body of places) expect((await post(body)).status, JSON.stringify(body)).toBe(422);
    expect(hooks).toEqual([]);
    expect(
      (await post({ callback: good, mirrors: [good], byEvent: { paid: good }, tree: { icon: good } })).status,
    ).toBe(204);
    expect([...(hooks[0]?.urls.keys() ?? [])]).toEqual([good]);
  });

  it("API7 in lines, events and forms with files: an item that may not be called does not reach the handler", async () => {
    addresses = { "a.example.com": ["93.184.216.34"], "b.example.com": ["10.0.0.1"] };
    const [good, bad] = [{ to: "https://a.example.com/" }, { to: "https://b.example.com/" }];
    const ask = async (type: string, content: string) => {
      const reply = await fetch(`${server.url}/hooks/import`, {
        method: "POST",
        body: content,
        headers: { "content-type": type },
      });
      const { errors = [] } = reply.status === 422 ? ((await reply.json()) as { errors: { pointer: string }[] }) : {};
      return [reply.status, ...errors.map(({ pointer }) => pointer)];
    };
    const lines = (...all: readonly object[]) => all.map((one) => `${JSON.stringify(one)}\n`).join("");
    const events = (...all: readonly object[]) => all.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("");
    const form = (mirror: string) =>
      `--x\r\nContent-Disposition: form-data; name="mirrors"\r\n\r\n${mirror}\r\n--x\r\nContent-Disposition: form-data; name="list"; filename="a"\r\n\r\na\r\n--x--\r\n`;
    const deep = { ...good, tree: { branches: [{ icon: bad.to }] } };
    expect(await ask("application/jsonl", lines(good, bad, good))).toEqual([422, "#/1/to"]);
    expect(await ask("application/jsonl", lines(deep))).toEqual([422, "#/0/tree/branches/0/icon"]);
    expect(await ask("text/event-stream", events(good, bad))).toEqual([422, "#/1/data/to"]);
    expect(imported).toEqual([["93.184.216.34"], ["93.184.216.34"]]);
    expect(await ask("multipart/form-data; boundary=x", form(bad.to))).toEqual([422, "#/mirrors/0"]);
    expect(await ask("multipart/form-data; boundary=x", form(good.to))).toEqual([204]);
    expect(await ask("application/jsonl", lines(good, good))).toEqual([204]);
  });

  it("API7 in a query and in a header", async () => {
    const ask = (url: string, mirrors = "") =>
      fetch(
        `${server.url}/preview?url=${encodeURIComponent(url)}`,
        mirrors === "" ? {} : { headers: { "X-Mirrors": mirrors } },
      );
    expect((await ask("http://169.254.169.254/")).status).toBe(422);
    expect((await ask("http://page.example/", "https://127.0.0.1/")).status).toBe(422);
    expect((await ask(at("page.example"))).status, "a port that no rule names").toBe(422);
  });
});

describe("fetchUrl", () => {
  it("API7 in a handler: a name that leads elsewhere once it was checked gains nothing", async () => {
    const shop = open(
      {
        preview: {
          policy: { urls: { "query:/url": { schemes: ["http"], hosts: [`*:${page.port}`], private: "allow" } } },
          wire: { query: [{ name: "url" }] },
          schemas: { query: z.object({ url: z.string() }) },
          handler: (async ({ query, urls }: { query: { url: string }; urls: CheckedUrls }) => {
            addresses = { "page.example": ["127.0.0.2"] };
            return { status: 200, body: await (await fetchUrl(urls.get(query.url))).text() };
          }) as never,
        },
      },
      { resolve },
    );
    const local = await serveLocally(shop.api);
    const reply = await send(local, { target: `/preview?url=${encodeURIComponent(at("page.example", "/p"))}` });
    expect([reply.status, reply.body]).toEqual([200, '"a page"']);
    expect(asked).toEqual(["page.example"]);
    await local.close();
  });

  it("calls the address that was checked, whatever the name says since", async () => {
    const found = await checked(at("page.example", "/a?b#c"));
    addresses = { "page.example": ["10.255.255.1"] };
    asked.length = 0;
    expect(await (await fetchUrl(found)).text()).toBe("a page");
    expect(page.requests).toMatchObject([{ url: "/a?b", headers: { host: `page.example:${page.port}` } }]);
    expect(asked, "nobody is asked a second time").toEqual([]);
  });

  it("sends what it is given, and answers whatever comes", async () => {
    answer = (_, response) => void response.writeHead(404, { "X-Said": "no" }).end("none");
    const found = await fetchUrl(await checked(at("page.example")), {
      method: "POST",
      body: "{}",
      headers: { "X-Own": "1" },
    });
    expect([found.status, found.headers.get("x-said"), await found.text()]).toEqual([404, "no", "none"]);
    expect(page.requests).toMatchObject([{ method: "POST", body: "{}", headers: { "x-own": "1" } }]);
    answer = (_, response) => void response.writeHead(204).end();
    expect((await fetchUrl(await checked(at("page.example")))).body).toBeNull();
  });

  it("over TLS the name is verified, and not the address", async () => {
    expect(await (await fetchUrl(await checked(secure.url), { ca })).text()).toBe("secure");
    addresses = { "page.example": ["127.0.0.1"] };
    const other = await checked(`https://page.example:${secure.port}/`);
    expect((await failureOf(fetchUrl(other, { ca }))).code).toBe("tls");
  });

  it("what no rule has checked is not called", async () => {
    expect((await failureOf(fetchUrl(undefined))).code).toBe("target_refused");
  });

  it.each([
    "http://169.254.169.254/",
    "http://127.1/",
    "file:///etc/passwd",
    "http://nowhere.example/",
    "http://user@page.example/",
    "http://%zz/",
  ])("a redirect to %s is not followed", async (location) => {
    answer = (_, response) => void response.writeHead(302, { location }).end();
    expect((await failureOf(fetchUrl(await checked(at("page.example"))))).code).toBe("target_refused");
    expect(page.requests).toHaveLength(1);
  });

  it("a redirect is looked up again: a name may have moved inside", async () => {
    answer = (_, response) => {
      addresses = { "page.example": ["169.254.169.254"] };
      response.writeHead(302, { location: "/again" }).end();
    };
    expect((await failureOf(fetchUrl(await checked(at("page.example"))))).code).toBe("target_refused");
    expect(page.requests).toHaveLength(1);
  });

  it("R58 another origin gets none of the header fields", async () => {
    answer = ({ url }, response) =>
      url === "/"
        ? void response.writeHead(302, { location: at("other.example", "/next") }).end()
        : void response.end("next");
    const headers = { Authorization: "Bearer t", "X-Own": "1", Cookie: "a=b", Accept: "text/html" };
    expect(await (await fetchUrl(await checked(at("page.example")), { headers })).text()).toBe("next");
    expect(page.requests[0]?.headers).toMatchObject({ authorization: "Bearer t", "x-own": "1", cookie: "a=b" });
    expect(Object.keys(page.requests[1]?.headers ?? {}).sort()).toEqual(["accept", "connection", "host"]);
  });

  it("R58 nor does the first origin, where another leads back to it", async () => {
    answer = ({ url }, response) => {
      const next = { "/": at("other.example", "/there"), "/there": at("page.example", "/chosen") }[url];
      if (next === undefined) response.end("chosen");
      else response.writeHead(302, { location: next }).end();
    };
    const headers = { Authorization: "Bearer t", Accept: "text/html" };
    expect(await (await fetchUrl(await checked(at("page.example")), { headers })).text()).toBe("chosen");
    expect(page.requests.map(({ url, headers: sent }) => [url, sent.authorization, sent.accept])).toEqual([
      ["/", "Bearer t", "text/html"],
      ["/there", undefined, "text/html"],
      ["/chosen", undefined, "text/html"],
    ]);
  });

  it("a status that there is not is no answer", async () => {
    answer = (_, response) => void response.writeHead(600).end();
    expect(await failureOf(fetchUrl(await checked(at("page.example"))))).toMatchObject({
      code: "response_invalid",
      status: 600,
    });
  });

  it("redirects that are counted by no number are none", async () => {
    answer = (_, response) =>
      void (page.requests.length < 10 ? response.writeHead(307, { location: "/" }) : response).end();
    const call = fetchUrl(await checked(at("page.example")), { redirects: Number.NaN });
    expect((await failureOf(call)).code).toBe("redirect_refused");
    expect(page.requests).toHaveLength(1);
  });

  it("redirects end, and a POST is not sent elsewhere", async () => {
    answer = (_, response) => void response.writeHead(307, { location: "/" }).end();
    expect((await failureOf(fetchUrl(await checked(at("page.example")), { redirects: 2 }))).code).toBe(
      "redirect_refused",
    );
    expect(page.requests).toHaveLength(3);
    expect((await failureOf(fetchUrl(await checked(at("page.example")), { method: "POST" }))).code).toBe(
      "redirect_refused",
    );
    expect(page.requests).toHaveLength(4);
  });

  it("what is silent, or has no end, is cut off", async () => {
    answer = () => {};
    expect((await failureOf(fetchUrl(await checked(at("page.example")), { timeout: "100ms" }))).code).toBe("timeout");
    const controller = new AbortController();
    const call = failureOf(fetchUrl(await checked(at("page.example")), { signal: controller.signal }));
    controller.abort();
    expect((await call).code).toBe("aborted");
    answer = (_, response) => void response.end("x".repeat(2_000));
    expect((await failureOf(fetchUrl(await checked(at("page.example")), { largest: "1KiB" }))).code).toBe(
      "response_invalid",
    );
  });

  it("an address at which nobody listens is a network failure, and no other is tried", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as { port: number };
    await new Promise((done) => closed.close(done));
    const gone: CheckedUrl = {
      url: `http://page.example:${port}/`,
      addresses: ["127.0.0.1"],
      onward: async () => "no",
    };
    expect((await failureOf(fetchUrl(gone))).code).toBe("network");
  });
});

describe("checkUrl, for a URL that was kept", () => {
  it.each([
    ["a name that leads inside", async () => ["169.254.169.254"], "target_refused"],
    ["a name that is gone", async () => [], "target_refused"],
    ["a name server that fails", () => Promise.reject(new Error("SERVFAIL")), "network"],
    ["a name server that is silent", () => new Promise<never>(() => {}), "timeout"],
  ])("%s", async (_, resolver, code) => {
    const call = checkUrl("https://a.example/", { schemes: ["https"] }, { resolve: resolver, timeout: "100ms" });
    expect((await failureOf(call)).code).toBe(code);
  });
});
