import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { connect, Failure } from "@sallyport/runtime/client";
import type { Retries } from "@sallyport/runtime/policy";
import { afterEach, describe, expect, it } from "vitest";
import { clientPolicy, failureOf, operation } from "../support/client.js";

const rule: Retries = {
  maxAttempts: 3,
  base: "1ms",
  cap: "1ms",
  maxElapsed: "60s",
  statuses: [503],
  network: true,
  when: "idempotent",
  retryAfterMax: "1s",
};
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A server that does to each request, by its number, what no server should. */
async function faulty(answer: (socket: Socket, count: number) => void, timeout: "300ms" | "5s" = "5s") {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let text = "";
    socket.on("data", (chunk) => {
      text += String(chunk);
      for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
        text = text.slice(end + 4);
        requests += 1;
        answer(socket, requests);
      }
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const caller = connect(clientPolicy({ retries: rule }), {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    timeout,
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => server.close(done));
  }, caller.close);
  return { caller, requests: () => requests };
}

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const fine = (socket: Socket) => socket.write(`${head}Content-Length: 11\r\n\r\n{"ok":true}`);
const faults: Readonly<Record<string, (socket: Socket) => void>> = {
  "a reset before the answer": (socket) => socket.resetAndDestroy(),
  "an end before the answer": (socket) => socket.end(),
  "a reset in the middle of the header": (socket) => socket.write(head, () => socket.resetAndDestroy()),
  "half of a body that says its length": (socket) => socket.end(`${head}Content-Length: 11\r\n\r\n{"ok":`),
  "a reset in the middle of a body": (socket) =>
    socket.write(`${head}Content-Length: 11\r\n\r\n{"ok":`, () => socket.resetAndDestroy()),
  "chunks without an end": (socket) => socket.end(`${head}Transfer-Encoding: chunked\r\n\r\n6\r\n{"ok":\r\n`),
  "an answer that is not HTTP": (socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"),
};

describe("R59 a connection that breaks", () => {
  it.each(Object.entries(faults))("R59 %s: repeated, and the caller sees none of it", async (_name, fault) => {
    const { caller, requests } = await faulty((socket, count) => (count < 3 ? fault(socket) : void fine(socket)));
    await expect(caller.send(operation(), {})).resolves.toEqual({ ok: true });
    expect(requests()).toBe(3);
  });

  it.each(Object.entries(faults))(
    "R59 %s, each time: it is the network, and never half an answer",
    async (_name, fault) => {
      const { caller, requests } = await faulty(fault);
      expect(await failureOf(caller.send(operation(), {}))).toMatchObject({ code: "network", attempts: 3 });
      expect(requests()).toBe(3);
    },
  );

  it.each(Object.entries(faults))("R59 %s: a POST may have been done, and is not repeated", async (_name, fault) => {
    const { caller, requests } = await faulty(fault);
    expect(await failureOf(caller.send(operation({ method: "POST" }), {}))).toMatchObject({
      code: "network",
      attempts: 1,
    });
    expect(requests()).toBe(1);
  });
});

/** Writes one octet after the other, for ever. */
function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ""), 20);
  socket.on("close", () => clearInterval(timer));
}

describe("R59 a server that takes its time", () => {
  const slow: Readonly<Record<string, (socket: Socket) => void>> = {
    "no answer at all": () => {},
    "a header that drips": (socket) => void socket.write(head, () => drip(socket, "X-A: b\r\n")),
    "a body that drips": (socket) =>
      void socket.write(`${head}Content-Length: 100000\r\n\r\n`, () => drip(socket, " ")),
    "chunks that drip": (socket) =>
      void socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`, () => drip(socket, "1\r\n \r\n")),
  };

  it.each(Object.entries(slow))(
    "R59 %s: the call ends at its deadline, and frees the connection",
    async (_name, answer) => {
      let gone = 0;
      const { caller } = await faulty((socket) => {
        socket.on("close", () => {
          gone += 1;
        });
        answer(socket);
      }, "300ms");
      const start = Date.now();
      const failure = await failureOf(caller.send(operation(), {}));
      expect(failure).toBeInstanceOf(Failure);
      expect(failure).toMatchObject({ code: "timeout", attempts: 1 });
      expect(Date.now() - start).toBeLessThan(2_000);
      for (let look = 0; gone === 0 && look < 100; look += 1) await new Promise((wait) => setTimeout(wait, 10));
      expect(gone).toBe(1);
    },
  );
});
