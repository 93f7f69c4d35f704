import { createServer, type IncomingMessage } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { insecurePlaintext, listen, toListener } from "@sallyport/runtime/node";
import { StartError } from "@sallyport/runtime/server";
import { beforeAll, describe, expect, it } from "vitest";
import { bringsBody, nodeExchange } from "../../../../runtime/src/adapters/node-exchange.js";
import { type Leaf, makeAuthority } from "../../../support/certificates.js";
import { open } from "../../../support/contract.js";
import { send, serveLocally } from "../../../support/wire.js";

let ca: string;
let leaf: Leaf;
beforeAll(async () => {
  const authority = await makeAuthority();
  ca = authority.cert;
  leaf = await authority.issue();
});

describe("listen", () => {
  it.each([{}, { [insecurePlaintext]: "" }, { [insecurePlaintext]: "  " }])(
    "does not speak without TLS for no reason (%o)",
    async (options) => {
      await expect(listen(open({ a: {} }).api, { port: 0, ...options })).rejects.toThrow(StartError);
    },
  );

  it("R51 sends HSTS over TLS, once, and nothing below TLS 1.2", async () => {
    const server = await listen(open({ a: {} }).api, { port: 0, host: "127.0.0.1", tls: leaf });
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
    const headers = await new Promise<readonly string[]>((resolve, reject) => {
      request(`${server.url}/a`, { ca, servername: "localhost", agent: false }, (response) => {
        response.resume();
        resolve(response.rawHeaders);
      })
        .on("error", reject)
        .end();
    });
    expect(headers.filter((_, at) => headers[at - 1]?.toLowerCase() === "strict-transport-security")).toEqual([
      "max-age=31536000",
    ]);
    const old = await new Promise((resolve) => {
      const options = {
        port: server.port,
        host: "127.0.0.1",
        ca,
        servername: "localhost",
        minVersion: "TLSv1",
        maxVersion: "TLSv1.1",
        ciphers: "ALL@SECLEVEL=0",
      } as const;
      const socket = connectTls(options, () => resolve("spoken"));
      socket.on("error", () => resolve("refused"));
    });
    expect(old).toBe("refused");
    await server.close();
  });

  it("plain HTTP to a TLS port is no redirect and no answer of ours", async () => {
    const server = await listen(open({ a: {} }).api, { port: 0, host: "127.0.0.1", tls: leaf });
    const text = await new Promise<string>((resolve) => {
      let all = "";
      const socket = connect(server.port, "127.0.0.1", () => socket.write("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
      socket.on("data", (chunk) => {
        all += chunk;
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(all));
    });
    expect(text).not.toMatch(/^HTTP\/1.1 [23]/);
    await server.close();
  });

  it("finishes the calls under way before it closes", async () => {
    let go = () => {};
    const waiting = new Promise<void>((resolve) => {
      go = resolve;
    });
    const server = await serveLocally(
      open({ slow: { handler: async () => ({ status: await waiting.then(() => 200), body: "done" }) } }).api,
    );
    const reply = send(server, { target: "/slow" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = server.close();
    await expect(send(server, { target: "/slow" })).rejects.toThrow();
    go();
    expect((await reply).body).toBe('"done"');
    await closed;
  });

  it("cuts off what takes longer than it was given to drain", async () => {
    const server = await serveLocally(open({ never: { handler: () => new Promise(() => {}) } }).api, {
      drainTimeout: 50,
    });
    const reply = send(server, { target: "/never" }).catch(() => "cut");
    await new Promise((resolve) => setTimeout(resolve, 30));
    await server.close();
    expect(await reply).not.toMatchObject({ status: 200 });
  });

  it("refuses to start on a port that is taken", async () => {
    const server = await serveLocally(open({ a: {} }).api);
    await expect(serveLocally(open({ a: {} }).api, { port: server.port })).rejects.toThrow("EADDRINUSE");
    await server.close();
  });

  it("R37 a request that does not arrive in time is cut off", async () => {
    const server = await serveLocally(open({ a: {} }).api, { requestTimeout: 200 });
    const start = Date.now();
    await new Promise((resolve) => {
      const socket = connect(server.port, "127.0.0.1", () => socket.write("GET /a HTTP/1.1\r\nHost: x\r\nX-Slow: "));
      socket.on("data", () => {});
      socket.on("close", resolve);
    });
    expect(Date.now() - start).toBeLessThan(5_000);
    await server.close();
  });
});

describe("an exchange over node:http", () => {
  it("tells the handler when the caller goes away", async () => {
    let aborted: (value: boolean) => void = () => {};
    const left = new Promise<boolean>((resolve) => {
      aborted = resolve;
    });
    const wait = ({ signal }: { signal: AbortSignal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          aborted(signal.aborted);
          resolve({ status: 200, body: null });
        });
      });
    const server = await serveLocally(open({ wait: { handler: wait } }).api);
    const socket = connect(server.port, "127.0.0.1", () => {
      socket.write("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
      setTimeout(() => socket.destroy(), 50);
    });
    expect(await left).toBe(true);
    await server.close();
  });

  it("keeps a connection open over refused bodies", async () => {
    const server = await serveLocally(open({ a: {} }).api);
    const text = await new Promise<string>((resolve) => {
      let all = "";
      const one = `POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nxyz`;
      const socket = connect(server.port, "127.0.0.1", () =>
        socket.write(`${one}GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      );
      socket.on("data", (chunk) => {
        all += chunk;
      });
      socket.on("close", () => resolve(all));
    });
    expect(text.match(/HTTP\/1.1 (\d+)/g)).toEqual(["HTTP/1.1 405", "HTTP/1.1 200"]);
    await server.close();
  });

  it("a header named like a member of an object is a header", async () => {
    const server = await serveLocally(open({ a: {} }).api);
    expect((await send(server, { target: "/a", headers: ["__proto__: x", "constructor: y"] })).status).toBe(200);
    await server.close();
  });

  it("serves from a server of your own, where other paths are 404", async () => {
    const own = createServer(toListener(open({ a: {} }).api));
    await new Promise<void>((resolve) => own.listen(0, "127.0.0.1", resolve));
    const { port } = own.address() as AddressInfo;
    const server = { port, url: "", close: async () => {} };
    expect((await send(server, { target: "/a" })).json).toEqual({ ran: "a" });
    const reply = await send(server, { target: "/b" });
    expect([reply.status, reply.headers["content-type"], reply.json.code]).toEqual([
      404,
      ["application/problem+json"],
      "not_found",
    ]);
    own.close();
  });
});

describe("a body of a length that is said", () => {
  /** What `read` answers, a tick after the head has come and once more when it is there; and what Node says of its end. */
  async function readOf(pieces: readonly string[], prepare: (request: IncomingMessage) => void = () => {}) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const found = new Promise<{ readonly atOnce: boolean; readonly text: string; readonly ended: boolean }>((resolve) =>
      server.once("request", (request, response) => {
        const exchange = nodeExchange(request, response);
        prepare(request);
        const end = new Promise((ended) => request.once("end", ended));
        process.nextTick(async () => {
          const octets = exchange.read(100);
          for (const piece of pieces.slice(1)) socket.write(piece);
          const text = await Promise.resolve(octets).then(
            (all) => (all === undefined ? "too large" : Buffer.from(all).toString()),
            () => "refused",
          );
          if (text !== "refused") await end;
          resolve({ atOnce: octets instanceof Uint8Array, text, ended: request.readableEnded });
        });
      }),
    );
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n${pieces[0]}`);
    const answer = await found;
    socket.destroy();
    server.close();
    return answer;
  }

  it("is there at once when it came with the head, and ends as every other", async () => {
    expect(await readOf(["abcdef"])).toEqual({ atOnce: true, text: "abcdef", ended: true });
  });

  it.each([
    ["abc", "def"],
    ["", "abcdef"],
  ])("is waited for when not all of it came (%o, %o)", async (first, last) => {
    expect(await readOf([first, last])).toEqual({ atOnce: false, text: "abcdef", ended: true });
  });

  it("never passes for an empty or a shorter one when another has read it", async () => {
    expect(await readOf(["abcdef"], (request) => request.resume())).toMatchObject({ text: "refused" });
  });

  it("is not waited for when another reads it already: it would be gone", async () => {
    let found: readonly boolean[] = [];
    await readOf(["abcdef"], (request) => {
      const before = bringsBody(request);
      request.on("data", () => {});
      found = [before, bringsBody(request)];
    });
    expect(found).toEqual([true, false]);
  });

  it("that another reads as text is not taken for octets", async () => {
    expect(await readOf(["abcdef"], (request) => request.setEncoding("utf8"))).toMatchObject({ atOnce: false });
  });
});
