import { randomBytes } from "node:crypto";
import type { Server as TlsServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { apiKey, connect } from "@sallyport/runtime/client";
import { spkiPin } from "@sallyport/runtime/client/node";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Authority, type Leaf, makeAuthority } from "../support/certificates.js";
import {
  callOnce,
  clientPolicy,
  failureOf,
  json,
  noRetries,
  type Origin,
  operation,
  startOrigin,
} from "../support/client.js";

const backup = `sha256/${"A".repeat(43)}=`;
const other = `sha256/${"B".repeat(42)}A=`;
let ca: Authority;
let leaf: Leaf;
let successor: Leaf;
const open: Origin[] = [];

beforeAll(async () => {
  ca = await makeAuthority();
  leaf = await ca.issue();
  successor = await ca.issue();
});

afterEach(async () => {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  for (const origin of open.splice(0)) await origin.close();
});

async function serve(
  of: Leaf,
  changes: object = {},
  connection: "keep-alive" | "close" = "keep-alive",
): Promise<Origin & { readonly bytes: () => number }> {
  const origin = await startOrigin((_request, response) => json(response, 200, { ok: true }, { connection }), {
    cert: of.cert,
    key: of.key,
    ...changes,
  });
  let octets = 0;
  // What arrives inside TLS, be it HTTP or not.
  origin.server.on("secureConnection", (socket: TLSSocket) => {
    socket.on("data", (chunk: Buffer) => {
      octets += chunk.length;
    });
  });
  open.push(origin);
  return { ...origin, bytes: () => octets };
}

describe("R57 pins", () => {
  it.each(["EC", "RSA"] as const)("R57 the right pin of an %s key lets the call through", async (algorithm) => {
    const own = await ca.issue({ algorithm });
    const origin = await serve(own);
    const tls = { ca: ca.cert, pins: [backup, own.pin] };
    await expect(callOnce({ baseUrl: origin.url, tls })).resolves.toEqual({ ok: true });
    expect(origin.bytes()).toBeGreaterThan(0);
  });

  it.each(["EC", "RSA"] as const)("R57 spkiPin of an %s certificate is the digest of its key", async (algorithm) => {
    const own = await ca.issue({ algorithm });
    expect(spkiPin(Buffer.from(own.cert))).toBe(own.pin);
  });

  it("R57 a wrong pin is pin_mismatch, and the server sees no octet of the request", async () => {
    const origin = await serve(leaf);
    const tls = { ca: ca.cert, pins: [backup, other] };
    const auth = { key: apiKey("secret") };
    const failure = await failureOf(callOnce({ baseUrl: origin.url, tls, auth }));
    expect(failure.code).toBe("pin_mismatch");
    await new Promise((done) => setTimeout(done, 30));
    expect(origin.requests).toEqual([]);
    expect(origin.bytes()).toBe(0);
  });

  it("R57 a pin mismatch and an untrusted certificate are never tried again", async () => {
    const origin = await serve(leaf);
    let handshakes = 0;
    origin.server.on("connection", () => {
      handshakes += 1;
    });
    const retries = { ...noRetries, maxAttempts: 4, network: true, when: "always" } as const;
    const pinned = callOnce({ baseUrl: origin.url, tls: { ca: ca.cert, pins: [backup, other] }, policy: { retries } });
    expect(await failureOf(pinned)).toMatchObject({ code: "pin_mismatch", attempts: 1 });
    const distrusted = callOnce({ baseUrl: origin.url, policy: { retries } });
    expect(await failureOf(distrusted)).toMatchObject({ code: "tls", attempts: 1 });
    expect(handshakes).toBe(2);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "R57 a %s session ticket does not get a new key past the pins",
    async (version) => {
      const ticketKeys = randomBytes(48);
      const origin = await serve(leaf, { minVersion: version, maxVersion: version, ticketKeys });
      const tls = { ca: ca.cert, pins: [leaf.pin, backup] };
      const caller = connect(clientPolicy(), { baseUrl: origin.url, tls });
      let resumed = false;
      origin.server.on("secureConnection", (socket: TLSSocket) => {
        resumed ||= socket.isSessionReused();
      });
      await caller.send(operation(), {});
      // The same ticket keys, another certificate: a resumed session would not show it.
      (origin.server as unknown as TlsServer).setSecureContext({
        cert: successor.cert,
        key: successor.key,
        minVersion: version,
        maxVersion: version,
        ticketKeys,
      });
      origin.server.closeAllConnections();
      await new Promise((done) => setTimeout(done, 20));
      expect(await failureOf(caller.send(operation(), {}))).toMatchObject({ code: "pin_mismatch" });
      expect(origin.requests).toHaveLength(1);
      expect(resumed).toBe(false);
      await caller.close();
    },
  );

  it("R57 a session is not resumed where each connection ends after its answer", async () => {
    const ticketKeys = randomBytes(48);
    const origin = await serve(leaf, { ticketKeys }, "close");
    const resumed: boolean[] = [];
    origin.server.on("secureConnection", (socket: TLSSocket) => resumed.push(socket.isSessionReused()));
    const caller = connect(clientPolicy(), { baseUrl: origin.url, tls: { ca: ca.cert, pins: [leaf.pin, backup] } });
    await caller.send(operation(), {});
    await caller.send(operation(), {});
    (origin.server as unknown as TlsServer).setSecureContext({ cert: successor.cert, key: successor.key, ticketKeys });
    expect((await failureOf(caller.send(operation(), {}))).code).toBe("pin_mismatch");
    expect(resumed.length).toBeGreaterThanOrEqual(2);
    expect(resumed).not.toContain(true);
    await caller.close();
  });

  it("R57 every new connection is checked, not the first alone", async () => {
    const origin = await serve(leaf);
    const caller = connect(clientPolicy(), { baseUrl: origin.url, tls: { ca: ca.cert, pins: [leaf.pin, backup] } });
    await caller.send(operation(), {});
    origin.server.closeAllConnections();
    await new Promise((done) => setTimeout(done, 20));
    await expect(caller.send(operation(), {})).resolves.toEqual({ ok: true });
    await caller.close();
  });

  it("R57 a pin does not replace the authority: the right key under an unknown CA is refused as tls", async () => {
    const stranger = await (await makeAuthority("Stranger")).issue();
    const origin = await serve(stranger);
    const pins = [stranger.pin, backup];
    expect(await failureOf(callOnce({ baseUrl: origin.url, tls: { ca: ca.cert, pins } }))).toMatchObject({
      code: "tls",
    });
    expect(await failureOf(callOnce({ baseUrl: origin.url, tls: { pins } }))).toMatchObject({ code: "tls" });
    expect(origin.bytes()).toBe(0);
  });

  it("R57 a pin does not replace the name: the right key of another host is refused as tls", async () => {
    const elsewhere = await ca.issue({ host: "elsewhere.example" });
    const origin = await serve(elsewhere);
    const failure = await failureOf(
      callOnce({ baseUrl: origin.url, tls: { ca: ca.cert, pins: [elsewhere.pin, backup] } }),
    );
    expect(failure).toMatchObject({ code: "tls", message: expect.stringContaining("ALTNAME") });
    expect(origin.bytes()).toBe(0);
  });

  it("R57 NODE_TLS_REJECT_UNAUTHORIZED=0 opens neither the authority nor the pins", async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    const origin = await serve(leaf);
    expect(await failureOf(callOnce({ baseUrl: origin.url }))).toMatchObject({ code: "tls" });
    const pins = [backup, other];
    expect(await failureOf(callOnce({ baseUrl: origin.url, tls: { pins } }))).toMatchObject({ code: "tls" });
    const trusted = callOnce({ baseUrl: origin.url, tls: { ca: ca.cert, pins } });
    expect(await failureOf(trusted)).toMatchObject({ code: "pin_mismatch" });
    expect(origin.bytes()).toBe(0);
  });

  it.each([
    [[], "at least two"],
    [[backup], "at least two"],
    [[backup, backup], "at least two"],
    [[backup, "sha256/short="], "is no pin"],
    [[backup, "sha1/AAAA="], "is no pin"],
  ])("R57 pins %j are refused at the start", (pins, message) => {
    expect(() => connect(clientPolicy(), { baseUrl: "https://localhost", tls: { pins } })).toThrow(
      expect.objectContaining({ code: "configuration", message: expect.stringContaining(message) }),
    );
  });

  it("R57 the pins of the spec hold where code gives none, whichever entry of the origin has them", async () => {
    const origin = await serve(leaf);
    const servers = [{ url: `${origin.url}/v1` }, { url: `${origin.url}/v2`, tls: { pins: [backup, other] } }];
    const tls = { ca: ca.cert };
    const call = callOnce({ baseUrl: `${origin.url}/v1`, tls, policy: { servers } });
    expect(await failureOf(call)).toMatchObject({ code: "pin_mismatch" });
    const right = [{ url: origin.url, tls: { pins: [backup, leaf.pin] } }];
    await expect(callOnce({ tls, policy: { servers: right } })).resolves.toEqual({ ok: true });
    expect(origin.requests).toHaveLength(1);
  });

  it("R57 tls where it cannot hold is an error: plain http, or a transport of the caller's", async () => {
    const refused = expect.objectContaining({ code: "configuration" });
    const tls = { pins: [backup, other] };
    expect(() => connect(clientPolicy(), { baseUrl: "http://127.0.0.1:1", tls })).toThrow(refused);
    const transport = { send: () => Promise.reject(new Error("unused")), close: async () => {} };
    expect(() => connect(clientPolicy(), { baseUrl: "https://localhost", tls, transport })).toThrow(refused);
  });
});
