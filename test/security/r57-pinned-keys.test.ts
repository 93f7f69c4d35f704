import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { makeCertificate } from "../../examples/bank/certificate.js";
import { apiKey, type ClientTls, connect } from "../../runtime/src/client/index.js";
import { spkiPin } from "../../runtime/src/client/node.js";
import { allOf, anyOf, scheme } from "../../runtime/src/policy/index.js";
import { api, failureOf, operation } from "../support/caller.js";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const spare = `sha256/${Buffer.alloc(32, 7).toString("base64")}`;
const other = `sha256/${Buffer.alloc(32, 8).toString("base64")}`;
const guarded = operation({ access: anyOf(allOf(scheme("key"))) });

/** An HTTPS server that counts requests, and the octets that reach it after the handshake. */
async function startTls(certificate: { readonly cert: string; readonly key: string }) {
  let requests = 0;
  const server: Server = createServer({ ...certificate, ticketKeys: Buffer.alloc(48, 1) }, (_request, response) => {
    requests += 1;
    response.writeHead(200, { "content-type": "application/json", connection: "close" }).end("{}");
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  closing.push(
    () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  );
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, requests: () => requests, server };
}

function clientOf(url: string, tls: ClientTls, pins?: readonly string[]) {
  const policy = pins === undefined ? api : { ...api, servers: [{ url, pins }] };
  const caller = connect(policy, { baseUrl: url, tls, auth: { key: apiKey("secret") }, sleep: async () => {} });
  closing.push(caller.close);
  return caller;
}

describe("R57 pins", () => {
  it("let the pinned key in", async () => {
    const certificate = await makeCertificate();
    const { url, requests } = await startTls(certificate);
    await clientOf(url, { ca: certificate.cert, pins: [certificate.pin, spare] }).send(guarded, {});
    expect(requests()).toBe(1);
  });

  it("refuse another key before any request is written, and do not try again", async () => {
    const certificate = await makeCertificate();
    const { url, requests, server } = await startTls(certificate);
    let handshakes = 0;
    let octets = 0;
    server.on("secureConnection", (socket) => {
      handshakes += 1;
      socket.on("data", (data: Buffer) => (octets += data.length));
    });
    const failure = await failureOf(clientOf(url, { ca: certificate.cert, pins: [spare, other] }).send(guarded, {}));
    expect(failure.code).toBe("pin_mismatch");
    expect(failure.attempts).toBe(1);
    expect({ requests: requests(), octets }).toEqual({ requests: 0, octets: 0 });
    expect(handshakes).toBeLessThanOrEqual(1);
  });

  it("are checked on every connection: a session is never resumed past them", async () => {
    const first = await makeCertificate();
    const second = await makeCertificate("Another");
    const { url, requests, server } = await startTls(first);
    const resumed: boolean[] = [];
    server.on("secureConnection", (socket) => resumed.push(socket.isSessionReused()));
    const caller = clientOf(url, { ca: [first.cert, second.cert], pins: [first.pin, spare] });
    await caller.send(guarded, {});
    await caller.send(guarded, {});
    // The key changes; the tickets of the old one still open.
    server.setSecureContext({ cert: second.cert, key: second.key, ticketKeys: Buffer.alloc(48, 1) } as never);
    expect((await failureOf(caller.send(guarded, {}))).code).toBe("pin_mismatch");
    expect(resumed.every((one) => !one)).toBe(true);
    expect(requests()).toBe(2);
  });

  it("come on top of the usual verification: a pinned key of an untrusted authority is refused", async () => {
    const certificate = await makeCertificate();
    const { url, requests } = await startTls(certificate);
    const failure = await failureOf(clientOf(url, { pins: [certificate.pin, spare] }).send(guarded, {}));
    expect(failure.code).toBe("tls");
    expect(requests()).toBe(0);
  });

  it("come on top of the host name", async () => {
    const certificate = await makeCertificate();
    const { server, requests } = await startTls(certificate);
    const url = `https://127.0.0.2:${(server.address() as AddressInfo).port}`;
    await new Promise<void>((ready) => server.close(() => ready()));
    await new Promise<void>((ready) => server.listen(Number(new URL(url).port), "127.0.0.2", ready));
    const failure = await failureOf(
      clientOf(url, { ca: certificate.cert, pins: [certificate.pin, spare] }).send(guarded, {}),
    );
    expect(failure.code).toBe("tls");
    expect(requests()).toBe(0);
  });

  it("hold though the environment switches verification off", async () => {
    const certificate = await makeCertificate();
    const { url, requests } = await startTls(certificate);
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      const failure = await failureOf(clientOf(url, { ca: certificate.cert, pins: [spare, other] }).send(guarded, {}));
      expect(failure.code).toBe("pin_mismatch");
      expect((await failureOf(clientOf(url, { pins: [certificate.pin, spare] }).send(guarded, {}))).code).toBe("tls");
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(requests()).toBe(0);
  });

  it("of the spec's server entry hold where code says nothing", async () => {
    const certificate = await makeCertificate();
    const { url } = await startTls(certificate);
    expect((await failureOf(clientOf(url, { ca: certificate.cert }, [spare, other]).send(guarded, {}))).code).toBe(
      "pin_mismatch",
    );
    await clientOf(url, { ca: certificate.cert }, [certificate.pin, spare]).send(guarded, {});
  });

  it("are at least two, and are pins", async () => {
    const connected = (pins: readonly string[]) => () => connect(api, { baseUrl: "https://localhost", tls: { pins } });
    expect(connected([spare])).toThrow("at least two");
    expect(connected([spare, spare])).toThrow("at least two");
    expect(connected([spare, "sha256/short"])).toThrow("is no pin");
    expect(connected([])).toThrow("at least two");
  });

  it("need TLS", () => {
    expect(() => connect(api, { baseUrl: "http://127.0.0.1:1", tls: { pins: [spare, other] } })).toThrow(
      "not asked over TLS",
    );
  });

  it("are of the SPKI, whatever kind the key is", async () => {
    const certificate = await makeCertificate();
    const der = Buffer.from(certificate.cert.replace(/-----[^-]+-----|\s/g, ""), "base64");
    expect(spkiPin(der)).toBe(certificate.pin);
  });
});
