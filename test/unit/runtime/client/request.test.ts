import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "@sallyport/runtime/client";
import type { Wire } from "@sallyport/runtime/policy";
import ts from "typescript";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTransport as fetchTransport } from "../../../../runtime/src/client/transports/fetch.js";
import { makeAuthority } from "../../../support/certificates.js";
import {
  callOnce,
  clientPolicy,
  failureOf,
  json,
  type Origin,
  operation,
  type Received,
  startOrigin,
} from "../../../support/client.js";

let origin: Origin;
const seen: Received[] = [];

beforeAll(async () => {
  origin = await startOrigin((request, response) => {
    seen.push(request);
    json(response, 200, {});
  });
});
beforeEach(() => {
  seen.length = 0;
});
afterAll(() => origin.close());

const jsonBody: Wire = { body: { media: ["application/json"], required: true } };
const bodyOf = (media: string): Wire => ({ body: { media: [media], required: true } });
const post = (wire: Wire) => operation({ method: "POST" }, wire);
const transports = {
  undici: () => ({}),
  fetch: () => ({ transport: fetchTransport({ origin: origin.url, tls: undefined, server: undefined }) }),
};

describe.each(["undici", "fetch"] as const)("requests, over %s", (over) => {
  it("input goes to its places under its keys", async () => {
    const wire: Wire = {
      path: [{ name: "id" }],
      query: [{ name: "page-size", key: "pageSize", kind: "integer" }],
      header: [{ name: "X-Trace" }],
      cookie: [{ name: "lang" }],
      ...jsonBody,
    };
    const put = operation({ method: "PUT", path: "/things/{id}" }, wire);
    const input = { id: "a b", pageSize: 3, "X-Trace": "t", lang: "de", body: { ü: 1 } };
    await callOnce({ baseUrl: `${origin.url}/v1/`, ...transports[over]() }, put, input, { headers: { "X-Own": "1" } });
    const [one] = seen;
    expect([one?.method, one?.url, one?.body]).toEqual(["PUT", "/v1/things/a%20b?page-size=3", '{"ü":1}']);
    expect(one?.headers).toMatchObject({ "x-trace": "t", "x-own": "1", "content-type": "application/json" });
    // Fetch may keep cookies to itself; Node's does not.
    expect(one?.headers.cookie).toBe("lang=de");
  });

  it.each([
    ["text/plain", "héllo", "text/plain", "héllo"],
    ["text/*", "hi", "text/plain", "hi"],
    ["application/pdf", new Uint8Array([65, 66]), "application/pdf", "AB"],
    ["*/*", new Uint8Array([65]), "application/octet-stream", "A"],
    [
      "application/x-www-form-urlencoded",
      { a: "1 2", b: ["x", "y"], c: undefined },
      "application/x-www-form-urlencoded",
      "a=1+2&b=x&b=y",
    ],
    ["application/merge-patch+json", null, "application/merge-patch+json", "null"],
  ])("a body is written as %s", async (media, body, type, text) => {
    await callOnce({ baseUrl: origin.url, ...transports[over]() }, post(bodyOf(media)), { body });
    expect([seen[0]?.headers["content-type"], seen[0]?.body]).toEqual([type, text]);
  });
});

describe("input that cannot be sent", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;

  it.each([
    [jsonBody, {}],
    [jsonBody, { body: cyclic }],
    [jsonBody, { body: 1n }],
    [jsonBody, { body: () => 1 }],
    [bodyOf("application/pdf"), { body: { a: 1 } }],
    [bodyOf("application/x-www-form-urlencoded"), { body: 3 }],
    [jsonBody, { body: 1, extra: 2, more: 3 }],
    [{}, { constructor: 1 }],
    [{}, JSON.parse('{"__proto__":1}')],
  ])("is invalid_input, and nothing goes out (%#)", async (wire, input) => {
    const failure = await failureOf(callOnce({ baseUrl: origin.url }, post(wire), input));
    expect(failure).toMatchObject({ code: "invalid_input", status: undefined, attempts: 0, operation: "getThings" });
    expect(seen).toEqual([]);
  });

  it("unknown keys are named", async () => {
    const failure = await failureOf(callOnce({ baseUrl: origin.url }, post(jsonBody), { body: 1, extra: 2, more: 3 }));
    expect(failure.message).toContain("extra, more");
  });

  it("what an object inherits is not input", async () => {
    await callOnce({ baseUrl: origin.url }, operation({}, { query: [{ name: "toString" }] }), {});
    expect(seen[0]?.url).toBe("/things");
  });
});

describe("the base URL", () => {
  it("is the spec's first that is absolute, unless code says otherwise", async () => {
    const servers = [{ url: "/relative" }, { url: `${origin.url}/spec//` }];
    await callOnce({ policy: { servers } });
    await callOnce({ baseUrl: `${origin.url}/code`, policy: { servers } });
    expect(seen.map(({ url }) => url)).toEqual(["/spec/things", "/code/things"]);
  });

  it("must be somewhere", () => {
    expect(() => connect(clientPolicy({ servers: [{ url: "/v1" }] }), {})).toThrow(/names no server/);
  });
});

describe("the fetch transport", () => {
  it("refuses tls settings: it could not keep them", () => {
    const tls = { pins: [`sha256/${"A".repeat(43)}=`, `sha256/${"B".repeat(42)}A=`] };
    const refused = expect.objectContaining({ code: "configuration" });
    expect(() => fetchTransport({ origin: "https://api.example", tls, server: undefined })).toThrow(refused);
    expect(() => fetchTransport({ origin: "https://api.example", tls: {}, server: undefined })).toThrow(refused);
  });

  it("tells an untrusted certificate from a network that is down", async () => {
    const leaf = await (await makeAuthority()).issue();
    const server = await startOrigin((_request, response) => json(response, 200, {}), {
      cert: leaf.cert,
      key: leaf.key,
    });
    const transport = fetchTransport({ origin: server.url, tls: undefined, server: undefined });
    const failure = await failureOf(callOnce({ baseUrl: server.url, transport }));
    await server.close();
    expect(failure.code).toBe("tls");
    expect(server.requests).toEqual([]);
  });
});

describe("what a browser loads", () => {
  const runtime = fileURLToPath(new URL("../../../../runtime/", import.meta.url));
  const manifest = JSON.parse(readFileSync(`${runtime}package.json`, "utf8"));
  const own = manifest.imports["#transport"]["sallyport-source"];
  const ending = manifest.imports["#ending"]["sallyport-source"].browser;

  /** Everything outside that the sources import, and keep after types are erased. */
  function walk(entry: string, transport: string): { readonly files: Set<string>; readonly outside: Set<string> } {
    const files = new Set<string>();
    const outside = new Set<string>();
    const visit = (file: string) => {
      if (files.has(file)) return;
      files.add(file);
      const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
      const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), { compilerOptions: options });
      for (const { fileName } of ts.preProcessFile(outputText, true, true).importedFiles) {
        if (fileName.startsWith(".")) visit(path.join(path.dirname(file), fileName.replace(/\.js$/, ".ts")));
        else if (fileName === "#transport") visit(path.join(runtime, transport));
        else if (fileName === "#ending") visit(path.join(runtime, ending));
        else outside.add(fileName);
      }
    };
    visit(path.join(runtime, entry));
    return { files, outside };
  }

  it("holds neither undici nor a module of Node", () => {
    const { files, outside } = walk("src/client/index.ts", own.default);
    expect([...outside]).toEqual(["multipasta"]);
    expect([...files].some((file) => file.endsWith("transports/fetch.ts"))).toBe(true);
  });

  it("differs from what Node loads, so that this test sees something", () => {
    const { outside } = walk("src/client/index.ts", own.node);
    expect([...outside]).toEqual(expect.arrayContaining(["undici", "node:tls"]));
  });

  it("names a transport that exists for every platform", () => {
    for (const [condition, target] of Object.entries(manifest.imports["#transport"])) {
      if (typeof target !== "string") continue;
      const kind = condition === "node" ? "undici" : condition === "browser" ? "browser" : "fetch";
      expect([condition, target]).toEqual([condition, `./dist/client/transports/${kind}.js`]);
    }
  });
});
