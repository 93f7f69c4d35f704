import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { connect, type PinReport } from "@sallyport/runtime/client";
import type { ServerTls } from "@sallyport/runtime/policy";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Authority, type Leaf, makeAuthority } from "../support/certificates.js";
import { callOnce, clientPolicy, failureOf, json, type Origin, operation, startOrigin } from "../support/client.js";
import { startProxy } from "../support/proxy.js";

const backup = `sha256/${"A".repeat(43)}=`;
const other = `sha256/${"B".repeat(42)}A=`;
let ca: Authority;
let leaf: Leaf;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  ca = await makeAuthority();
  leaf = await ca.issue();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(of: Leaf = leaf, changes: object = {}): Promise<Origin> {
  const origin = await startOrigin((_request, response) => json(response, 200, { ok: true }), {
    cert: of.cert,
    key: of.key,
    ...changes,
  });
  closing.push(origin.close);
  return origin;
}

async function proxy(...how: Parameters<typeof startProxy>) {
  const one = await startProxy(...how);
  closing.push(one.close);
  return one;
}

const policyOf = (url: string, tls: ServerTls) => ({ servers: [{ url, tls }] });
const day = Date.parse("2027-01-01");

describe("R57 pins expire", () => {
  it("R57 nothing is sent after the day, on a connection of before neither", async () => {
    const origin = await serve();
    let now = day - 1;
    const tls = { pins: [leaf.pin, backup], pinsExpire: "2027-01-01" };
    const caller = connect(clientPolicy(policyOf(origin.url, tls)), { tls: { ca: ca.cert }, now: () => now });
    closing.push(caller.close);
    await expect(caller.send(operation(), {})).resolves.toEqual({ ok: true });
    now = day;
    const failure = await failureOf(caller.send(operation(), {}));
    expect(failure).toMatchObject({ code: "pins_expired", message: expect.stringContaining("2027-01-01") });
    expect(origin.requests).toHaveLength(1);
  });

  it("R57 onExpire: warn lets an unpinned key in after the day and reports it; before, it refuses it", async () => {
    const origin = await serve();
    const reports: PinReport[] = [];
    const policy = policyOf(origin.url, { pins: [backup, other], pinsExpire: "2027-01-01", onExpire: "warn" });
    const tls = { ca: ca.cert, onPinMismatch: (report: PinReport) => reports.push(report) };
    const before = callOnce({ policy, tls, now: () => day - 1 });
    expect(await failureOf(before)).toMatchObject({ code: "pin_mismatch" });
    await expect(callOnce({ policy, tls, now: () => day })).resolves.toEqual({ ok: true });
    const facts = { origin: origin.url, host: "localhost", expected: [backup, other], seen: leaf.pin };
    expect(reports).toEqual([
      { ...facts, isLetIn: false },
      { ...facts, isLetIn: true },
    ]);
  });

  it("R57 onExpire: warn does not let an untrusted certificate in", async () => {
    const origin = await serve();
    const policy = policyOf(origin.url, { pins: [backup, other], pinsExpire: "2027-01-01", onExpire: "warn" });
    expect(await failureOf(callOnce({ policy, now: () => day }))).toMatchObject({ code: "tls" });
  });

  it("R57 a listener that throws changes nothing, and without one an expired pin is said on the console", async () => {
    const origin = await serve();
    const throwing = () => {
      throw new Error("listener");
    };
    const pinned = { ca: ca.cert, pins: [backup, other] };
    const refused = callOnce({ baseUrl: origin.url, tls: { ...pinned, onPinMismatch: throwing } });
    expect(await failureOf(refused)).toMatchObject({ code: "pin_mismatch" });
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const expired = { ...pinned, pinsExpire: "2027-01-01", onExpire: "warn" } as const;
    await callOnce({ baseUrl: origin.url, tls: expired, now: () => day });
    expect(warned.mock.calls).toEqual([[expect.stringContaining("have expired")]]);
  });

  it("R57 the earliest date of an origin's entries holds, and `fail` before `warn`", async () => {
    const pins = [leaf.pin, backup];
    const servers = [
      { url: "https://localhost:1/v1", tls: { pins, pinsExpire: "2028-01-01", onExpire: "warn" as const } },
      { url: "https://localhost:1/v2", tls: { pins, pinsExpire: "2027-01-01" } },
    ];
    expect(await failureOf(callOnce({ policy: { servers }, now: () => day }))).toMatchObject({ code: "pins_expired" });
  });
});

describe("TLS of the spec", () => {
  it("R57 a server below the floor is refused", async () => {
    const origin = await serve(leaf, { maxVersion: "TLSv1.2" });
    const tls = { ca: ca.cert };
    await callOnce({ baseUrl: origin.url, tls });
    const bySpec = callOnce({ policy: policyOf(origin.url, { minVersion: "TLSv1.3" }), tls });
    expect(await failureOf(bySpec)).toMatchObject({ code: "tls" });
    // Code does not lower what the spec wants.
    const lowered = callOnce({
      policy: policyOf(origin.url, { minVersion: "TLSv1.3" }),
      tls: { ...tls, minVersion: "TLSv1.2" },
    });
    expect(await failureOf(lowered)).toMatchObject({ code: "tls" });
    const byCode = callOnce({ baseUrl: origin.url, tls: { ...tls, minVersion: "TLSv1.3" } });
    expect(await failureOf(byCode)).toMatchObject({ code: "tls" });
    expect(origin.requests).toHaveLength(1);
  });

  it("R57 TLS 1.1 is never spoken", async () => {
    const origin = await serve(leaf, {
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "ALL:@SECLEVEL=0",
    });
    expect(await failureOf(callOnce({ baseUrl: origin.url, tls: { ca: ca.cert } }))).toMatchObject({ code: "tls" });
  });

  it("its authority comes from the environment, and a missing one stops the client at the start", async () => {
    const origin = await serve();
    const policy = policyOf(origin.url, { ca: { env: "BANK_CA" } });
    expect(() => connect(clientPolicy(policy), {})).toThrow(
      expect.objectContaining({ code: "configuration", message: expect.stringContaining("BANK_CA") }),
    );
    vi.stubEnv("BANK_CA", ca.cert);
    await expect(callOnce({ policy })).resolves.toEqual({ ok: true });
    vi.stubEnv("BANK_CA", (await makeAuthority("Another")).cert);
    expect(await failureOf(callOnce({ policy }))).toMatchObject({ code: "tls" });
  });
});

describe("through a proxy", () => {
  it("R57 pins hold inside of the tunnel, and the proxy's credentials stay with the proxy", async () => {
    const origin = await serve();
    const honest = await proxy();
    const through = { url: honest.url, token: "Basic c2VjcmV0" };
    const tls = { ca: ca.cert, pins: [leaf.pin, backup] };
    await expect(callOnce({ baseUrl: origin.url, tls, proxy: through })).resolves.toEqual({ ok: true });
    expect(honest.asked).toEqual([{ target: `localhost:${origin.port}`, authorization: "Basic c2VjcmV0" }]);
    expect(origin.requests[0]?.headers).not.toHaveProperty("proxy-authorization");
    const wrong = { ca: ca.cert, pins: [backup, other] };
    const refused = callOnce({ baseUrl: origin.url, tls: wrong, proxy: through });
    expect(await failureOf(refused)).toMatchObject({ code: "pin_mismatch" });
    expect(origin.requests).toHaveLength(1);
  });

  it("R57 a proxy that leads elsewhere is found out, with a trusted certificate too", async () => {
    const origin = await serve();
    const attacker = await serve(await ca.issue());
    const stranger = await serve(await (await makeAuthority("Stranger")).issue());
    for (const [to, code] of [
      [attacker, "pin_mismatch"],
      [stranger, "tls"],
    ] as const) {
      const crooked = await proxy(() => to.port);
      const call = callOnce({
        baseUrl: origin.url,
        tls: { ca: ca.cert, pins: [leaf.pin, backup] },
        proxy: { url: crooked.url },
      });
      expect(await failureOf(call)).toMatchObject({ code });
      expect(to.requests).toEqual([]);
    }
  });

  it("R57 the environment names one only where the client is told to look there", async () => {
    const origin = await serve();
    const honest = await proxy();
    vi.stubEnv("HTTPS_PROXY", honest.url);
    vi.stubEnv("https_proxy", honest.url);
    vi.stubEnv("no_proxy", "");
    vi.stubEnv("NO_PROXY", "");
    const tls = { ca: ca.cert, pins: [leaf.pin, backup] };
    await callOnce({ baseUrl: origin.url, tls });
    expect(honest.asked).toEqual([]);
    await callOnce({ baseUrl: origin.url, tls, proxy: "environment" });
    expect(honest.asked).toHaveLength(1);
    const wrong = callOnce({
      baseUrl: origin.url,
      tls: { ca: ca.cert, pins: [backup, other] },
      proxy: "environment",
    });
    expect(await failureOf(wrong)).toMatchObject({ code: "pin_mismatch" });
  });

  it("a proxy that is asked over TLS is verified by its own authority", async () => {
    const origin = await serve();
    const own = await makeAuthority("Proxy CA");
    const gate = await proxy(undefined, await own.issue());
    const tls = { ca: ca.cert };
    const known = callOnce({ baseUrl: origin.url, tls, proxy: { url: gate.url, ca: own.cert } });
    await expect(known).resolves.toEqual({ ok: true });
    expect(await failureOf(callOnce({ baseUrl: origin.url, tls, proxy: { url: gate.url } }))).toMatchObject({
      code: "tls",
    });
  });

  it("what is no proxy is refused at the start", () => {
    const start = (url: string) => () => connect(clientPolicy(), { baseUrl: "https://localhost", proxy: { url } });
    for (const url of ["ftp://proxy", "proxy:8080", ""])
      expect(start(url)).toThrow(expect.objectContaining({ code: "configuration" }));
  });
});

describe("over HTTP/2", () => {
  async function serveHttp2() {
    const versions: string[] = [];
    const server = createSecureServer({ cert: leaf.cert, key: leaf.key, allowHTTP1: true }, (request, response) => {
      versions.push(request.httpVersion);
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"ok":true}');
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    closing.push(() => new Promise((done) => server.close(done)));
    return { url: `https://localhost:${(server.address() as AddressInfo).port}`, versions };
  }

  it("R57 pins hold, and it is spoken only where it is asked for", async () => {
    const { url, versions } = await serveHttp2();
    const tls = { ca: ca.cert, pins: [leaf.pin, backup] };
    await expect(callOnce({ baseUrl: url, tls })).resolves.toEqual({ ok: true });
    await expect(callOnce({ baseUrl: url, tls, http2: true })).resolves.toEqual({ ok: true });
    expect(versions).toEqual(["1.1", "2.0"]);
    const wrong = callOnce({ baseUrl: url, tls: { ca: ca.cert, pins: [backup, other] }, http2: true });
    expect(await failureOf(wrong)).toMatchObject({ code: "pin_mismatch" });
    expect(versions).toHaveLength(2);
  });

  it("a server without it is asked over HTTP/1.1", async () => {
    const origin = await serve();
    const tls = { ca: ca.cert };
    await expect(callOnce({ baseUrl: origin.url, tls, http2: true })).resolves.toEqual({ ok: true });
  });
});
