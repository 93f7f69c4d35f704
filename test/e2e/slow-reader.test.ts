import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { open } from "../support/contract.js";
import { serveLocally } from "../support/wire.js";

/** What the server has made: 16 KiB each, up to 256 MiB. */
let made = 0;
const size = 16_384;
const most = 16_384;
const text = "x".repeat(size);
const items = (one: unknown) =>
  async function* () {
    for (made = 0; made < most; made++) yield one;
  };
const octets = () =>
  new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (++made < most) controller.enqueue(new Uint8Array(size));
      else controller.close();
    },
  });
const answers = (media: string, path: string, body: () => unknown, schema: z.ZodType = z.unknown()) => ({
  policy: { path },
  wire: { output: { media: [media] } },
  schemas: { responses: { 200: { [media]: schema } } },
  handler: () => ({ status: 200, body: body() }),
});
const shop = open({
  events: answers("text/event-stream", "/events", items({ data: text })),
  lines: answers("application/jsonl", "/lines", items(text)),
  octets: answers("application/octet-stream", "/octets", octets),
});
let server: Awaited<ReturnType<typeof serveLocally>>;
beforeAll(async () => {
  server = await serveLocally(shop.api);
});
afterAll(() => server.close());

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/** How much is made for a caller who reads nothing: what it is when it grows no more. */
async function madeUnread(target: string): Promise<number> {
  const socket = connect(server.port, "127.0.0.1");
  socket.pause();
  socket.on("error", () => undefined);
  socket.write(`GET ${target} HTTP/1.1\r\nHost: api.example\r\n\r\n`);
  let before = -1;
  for (let still = 0; still < 4; ) {
    await pause();
    still = made > 0 && made === before ? still + 1 : 0;
    before = made;
  }
  socket.destroy();
  return made;
}

describe("R37 a slow reader does not make the server's memory grow", () => {
  it.each(["/events", "/lines", "/octets"])("%s", async (target) => {
    made = 0;
    const count = await madeUnread(target);
    expect(count).toBeGreaterThan(0);
    // What the sockets of two ends hold is up to the system: far less than all of it.
    expect(count * size).toBeLessThan(32 * 1024 * 1024);
  });
});
