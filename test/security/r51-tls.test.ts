import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type ClientHttp2Session, connect as connectHttp2, constants, type IncomingHttpHeaders } from "node:http2";
import { Agent, request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { type ListenOptions, listen, type Server } from "@sallyport/runtime/node";
import { files, loadSecrets } from "@sallyport/runtime/secrets";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { certificates } from "../../runtime/src/credentials/certificates.js";
import { allOf, anyOf, scheme } from "../../runtime/src/policy/index.js";
import { type Authority, type Leaf, makeAuthority } from "../support/certificates.js";
import { open } from "../support/contract.js";

let authority: Authority;
let first: Leaf;
let second: Leaf;
let server: Server | undefined;
let session: ClientHttp2Session | undefined;

beforeAll(async () => {
  authority = await makeAuthority();
  [first, second] = await Promise.all([
    authority.issue({ subject: "CN=first" }),
    authority.issue({ subject: "CN=second" }),
  ]);
});
afterEach(async () => {
  session?.destroy();
  await server?.close();
  server = undefined;
});

const samples = {
  give: {
    policy: { path: "/give" },
    handler: () => ({ status: 200, body: "given", headers: { Link: "</a>", "set-cookie": "a=b" } }),
  },
  take: {
    policy: { method: "POST", path: "/take" },
    wire: { body: { media: ["application/json"], required: true } },
    schemas: { body: { "application/json": z.unknown() } },
    handler: ({ body }: { body: unknown }) => ({ status: 200, body }),
  },
};
const own = ({ cert, key }: Leaf) => ({ cert, key });
const start = async (options: Partial<ListenOptions> = {}, shop = open(samples)) => {
  server = await listen(shop.api, { port: 0, host: "127.0.0.1", tls: own(first), drainTimeout: 200, ...options });
  return server;
};

function handshake(port: number, options: object = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls(
      { port, host: "127.0.0.1", servername: "localhost", ca: authority.cert, ...options },
      () => resolve(socket),
    );
    socket.on("error", reject);
  });
}

async function subjectServed(port: number): Promise<string> {
  const socket = await handshake(port);
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

async function ask(port: number, agent: Agent | false = false): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { port, host: "127.0.0.1", servername: "localhost", path: "/give", ca: authority.cert, agent };
    request(options, (response) => response.resume().on("end", () => resolve(response.statusCode)))
      .on("error", reject)
      .end();
  });
}

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
  readonly body: string;
}

function http2(port: number, options: object = {}): ClientHttp2Session {
  session = connectHttp2(`https://localhost:${port}`, { ca: authority.cert, host: "127.0.0.1", ...options });
  return session;
}

function ask2(to: ClientHttp2Session, headers: Record<string, string>, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = to.request(headers, { endStream: body === undefined });
    let text = "";
    let head: IncomingHttpHeaders = {};
    stream.on("response", (received) => {
      head = received;
    });
    stream.on("data", (chunk) => {
      text += chunk;
    });
    stream.on("end", () => resolve({ headers: head, status: Number(head[":status"]), body: text }));
    stream.on("error", reject);
    if (body !== undefined) stream.end(body);
  });
}

describe("R51 TLS", () => {
  it.each([
    [undefined, "TLSv1.3", "TLSv1.3"],
    [undefined, "TLSv1.2", "TLSv1.2"],
    ["TLSv1.3", "TLSv1.3", "TLSv1.3"],
  ] as const)("with minVersion %s, who speaks up to %s speaks %s", async (minVersion, maxVersion, spoken) => {
    const { port } = await start({ tls: { ...own(first), ...(minVersion === undefined ? {} : { minVersion }) } });
    const socket = await handshake(port, { maxVersion });
    expect(socket.getProtocol()).toBe(spoken);
    socket.destroy();
  });

  it.each([
    [undefined, "TLSv1.1"],
    ["TLSv1.3", "TLSv1.2"],
  ] as const)("with minVersion %s, who speaks up to %s is not spoken to", async (minVersion, maxVersion) => {
    const { port } = await start({ tls: { ...own(first), ...(minVersion === undefined ? {} : { minVersion }) } });
    await expect(handshake(port, { minVersion: "TLSv1", maxVersion, ciphers: "ALL@SECLEVEL=0" })).rejects.toThrow();
  });

  it.each([true, false])("plain HTTP is closed without an answer and without a redirect (http2: %s)", async (both) => {
    const shop = open(samples);
    const { port } = await start({ tls: { ...own(first), http2: both } }, shop);
    const text = await new Promise<string>((resolve) => {
      let all = "";
      const socket = connect(port, "127.0.0.1", () => socket.write("GET /give HTTP/1.1\r\nHost: x\r\n\r\n"));
      socket.on("data", (chunk) => {
        all += chunk.toString("latin1");
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(all));
    });
    expect(text).not.toContain("HTTP/");
    expect(shop.runs.give).toBeUndefined();
  });
});

describe("another certificate", () => {
  it.each([true, false])("serves new connections, and those that are there go on (http2: %s)", async (both) => {
    const running = await start({ tls: { ...own(first), http2: both } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(running.port, agent)).toBe(200);
    const [kept] = Object.values(agent.freeSockets).flat();
    expect(await subjectServed(running.port)).toBe("first");
    await running.reload(own(second));
    expect(await subjectServed(running.port)).toBe("second");
    expect(await ask(running.port, agent)).toBe(200);
    expect(Object.values(agent.freeSockets).flat()[0]).toBe(kept);
    agent.destroy();
  });

  it("is refused where it does not belong to its key, and the one before goes on", async () => {
    const running = await start();
    await expect(running.reload({ cert: second.cert, key: first.key })).rejects.toThrow();
    await expect(running.reload({ cert: "nonsense", key: first.key })).rejects.toThrow();
    expect(await subjectServed(running.port)).toBe("first");
  });

  it("is found in the files when they change, and not before both have", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tls-"));
    const files = { cert: join(folder, "tls.crt"), key: join(folder, "tls.key") };
    const write = (name: "cert" | "key", leaf: Leaf) => writeFile(files[name], leaf[name]);
    await Promise.all([write("cert", first), write("key", first)]);
    const warnings: string[] = [];
    const note = (warning: Error & { code?: string }) => void warnings.push(warning.code ?? "");
    process.on("warning", note);
    const running = await start({ tls: { files, every: 10 } });
    expect(await subjectServed(running.port)).toBe("first");
    await write("cert", second);
    await expect.poll(() => warnings).toContain("SALLYPORT_CERTIFICATE");
    expect(await subjectServed(running.port)).toBe("first");
    await write("key", second);
    await expect.poll(() => subjectServed(running.port)).toBe("second");
    process.off("warning", note);
    await Promise.all([write("cert", first), write("key", first)]);
    await running.reload();
    expect(await subjectServed(running.port)).toBe("first");
    await rm(folder, { recursive: true });
  });

  it("is found in secrets when their source is rotated, and neither is ever printed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tls-"));
    const write = (leaf: Leaf) =>
      Promise.all([writeFile(join(folder, "TLS_CERT"), leaf.cert), writeFile(join(folder, "TLS_KEY"), leaf.key)]);
    await write(first);
    const secrets = await loadSecrets(["TLS_CERT", "TLS_KEY"], [files(folder)], { every: "0s" });
    const tls = { cert: secrets.get("TLS_CERT"), key: secrets.get("TLS_KEY"), every: 10 };
    expect(JSON.stringify(tls)).toBe('{"cert":"[secret]","key":"[secret]","every":10}');
    const running = await start({ tls });
    expect(await subjectServed(running.port)).toBe("first");
    await write(second);
    expect(await subjectServed(running.port)).toBe("first");
    await secrets.refresh();
    await expect.poll(() => subjectServed(running.port)).toBe("second");
    await write(first);
    await secrets.refresh();
    await running.reload();
    expect(await subjectServed(running.port)).toBe("first");
    await rm(folder, { recursive: true });
  });

  it("keeps asking callers for theirs", async () => {
    const machines = { kind: "certificate", principal: { id: ["subject.CN"] } } as const;
    const shop = open(
      { give: { policy: { access: anyOf(allOf(scheme("machines"))) } } },
      { schemes: { machines: certificates({}) }, policy: { schemes: { machines } } },
    );
    const running = await start({ tls: { ...own(first), clientCa: authority.cert } }, shop);
    const caller = await authority.issue({ client: true, subject: "CN=caller" });
    const call = async (leaf?: Leaf) =>
      (await ask2(http2(running.port, leaf === undefined ? {} : own(leaf)), { ":path": "/give" })).status;
    expect([await call(), await call(caller)]).toEqual([401, 200]);
    await running.reload({ ...own(second), clientCa: authority.cert });
    expect([await call(), await call(caller)]).toEqual([401, 200]);
    await running.reload({ ...own(second), clientCa: (await makeAuthority("Another")).cert });
    expect(await call(caller)).toBe(401);
  });
});

describe("HTTP/2", () => {
  it("is spoken with whoever asks for it, by the same guards", async () => {
    const { port } = await start();
    const to = http2(port);
    const given = await ask2(to, { ":path": "/give" });
    expect([given.status, given.body, given.headers["strict-transport-security"]]).toEqual([
      200,
      '"given"',
      "max-age=31536000",
    ]);
    const json = { ":method": "POST", ":path": "/take", "content-type": "application/json" };
    expect((await ask2(to, json, '{"a":1}')).body).toBe('{"a":1}');
    expect((await ask2(to, json, '{"a":1,"a":2}')).status).toBe(400);
    expect((await ask2(to, json, `"${"x".repeat(2_000)}"`)).status).toBe(413);
    expect((await ask2(to, { ":method": "DELETE", ":path": "/give" })).status).toBe(405);
    expect((await ask2(to, { ":method": "HEAD", ":path": "/give" })).body).toBe("");
    expect((await ask2(to, { ":path": "/nowhere" })).status).toBe(404);
  });

  it("is not, where it is switched off", async () => {
    const { port } = await start({ tls: { ...own(first), http2: false } });
    const socket = await handshake(port, { ALPNProtocols: ["h2", "http/1.1"] }).catch((error: Error) => error);
    expect(socket instanceof Error ? "refused" : socket.alpnProtocol).not.toBe("h2");
    if (!(socket instanceof Error)) socket.destroy();
  });

  it.each<readonly [string, Record<string, string>, number]>([
    ["a Host that says something else", { host: "evil.example" }, 400],
    ["the same Host", { host: "api.example", ":authority": "api.example" }, 200],
    ["another authority", { ":authority": "evil.example" }, 421],
  ])("%s is %3$i", async (_, headers, status) => {
    const shop = open(samples, { hosts: ["api.example"] });
    const { port } = await start({}, shop);
    const answer = await ask2(http2(port), { ":authority": "api.example", ":path": "/give", ...headers });
    expect([answer.status, shop.runs.give ?? 0]).toEqual([status, status === 200 ? 1 : 0]);
  });

  it("more header than is taken, more streams than are taken, and resets without end are cut off", async () => {
    const shop = open({ ...samples, wait: { handler: () => new Promise(() => {}) } });
    const { port } = await start({}, shop);
    const to = http2(port, { settings: { enablePush: false } });
    await new Promise((resolve) => to.once("remoteSettings", resolve));
    expect(to.remoteSettings).toMatchObject({ maxConcurrentStreams: 100, maxHeaderListSize: 16_384 });
    const large = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`x-${at}`, "x".repeat(1_000)]));
    await expect(ask2(to, { ":path": "/give", ...large })).rejects.toThrow();
    // CVE-2023-44487: opened and reset, over and over.
    const flood = http2(port);
    const gone = new Promise<number>((resolve) => {
      flood.on("goaway", (code: number) => resolve(code));
      flood.on("close", () => resolve(-1));
      flood.on("error", () => resolve(-1));
    });
    let ended = false;
    void gone.then(() => {
      ended = true;
    });
    for (let at = 0; at < 5_000 && !ended; at++) {
      if (flood.destroyed) break;
      const stream = flood.request({ ":path": "/wait" });
      stream.on("error", () => {});
      // A stream that was never sent would be forgotten by the client itself, and is no flood.
      await new Promise((resolve) => setImmediate(resolve));
      stream.close(constants.NGHTTP2_CANCEL);
    }
    expect(await gone).not.toBe(0);
    expect(await ask(port)).toBe(200);
  });

  it("a call under way ends, and so does its connection, when the server closes", async () => {
    let go = () => {};
    const waiting = new Promise<void>((resolve) => {
      go = resolve;
    });
    let begun = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const slow = async () => {
      begun();
      await waiting;
      return { status: 200, body: "done" };
    };
    const { port, close } = await start({ drainTimeout: 5_000 }, open({ slow: { handler: slow } }));
    const answer = ask2(http2(port), { ":path": "/slow" });
    await running;
    const closed = close();
    go();
    expect((await answer).body).toBe('"done"');
    await closed;
    server = undefined;
  });

  it("tells the handler when the caller goes away, and only then", async () => {
    const signals: AbortSignal[] = [];
    let came = () => {};
    const here = new Promise<void>((resolve) => {
      came = resolve;
    });
    const shop = open({
      quick: {
        handler: ({ signal }: { signal: AbortSignal }) => {
          signals.push(signal);
          return { status: 200, body: 1 };
        },
      },
      wait: {
        handler: ({ signal }: { signal: AbortSignal }) => {
          signals.push(signal);
          came();
          return new Promise(() => {});
        },
      },
    });
    const { port } = await start({}, shop);
    const to = http2(port);
    await ask2(to, { ":path": "/quick" });
    const stream = to.request({ ":path": "/wait" });
    stream.on("error", () => {});
    await here;
    stream.close(constants.NGHTTP2_CANCEL);
    await expect.poll(() => signals[1]?.aborted).toBe(true);
    expect(signals[0]?.aborted).toBe(false);
  });
});
