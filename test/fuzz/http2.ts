import { connect } from "node:http2";
import fc from "fast-check";
import type { Outcome } from "./exchange.js";

/** What belongs to a connection in HTTP/1.1, and is refused in HTTP/2 before it is sent (RFC 9113, 8.2.2). */
const ofConnections = new Set(["connection", "host", "transfer-encoding", "upgrade", "te", "expect", "content-length"]);

/** Sends a request that was written for HTTP/1.1 over HTTP/2, as far as a client can. */
export function converse2(port: number, octets: Buffer, deadline: number): Promise<Outcome> {
  const { method, target, fields, content } = parsed(octets);
  return new Promise((resolve) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const statuses: number[] = [];
    let text = "";
    const end = (ended: boolean) => {
      clearTimeout(limit);
      session.destroy();
      resolve({ statuses, ended, text });
    };
    const limit = setTimeout(() => end(false), deadline);
    session.on("error", () => end(true));
    session.on("close", () => end(true));
    try {
      const stream = session.request({ ":method": method, ":path": target, ":authority": "api.example", ...fields });
      stream.setEncoding("latin1");
      stream.on("response", ({ ":status": status = 0 }) => statuses.push(status));
      stream.on("data", (piece: string) => {
        text += piece;
      });
      stream.on("error", () => end(true));
      stream.on("close", () => end(true));
      stream.end(content);
    } catch {
      // The client sends nothing of the kind.
      end(true);
    }
  });
}

function parsed(octets: Buffer) {
  const text = octets.toString("latin1");
  const cut = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, cut).split("\r\n");
  const [method = "", ...rest] = first.split(" ");
  const fields: Record<string, string | string[]> = {};
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(":")).toLowerCase();
    const value = line.slice(line.indexOf(":") + 1).trim();
    if (name === "" || ofConnections.has(name)) continue;
    const before = fields[name];
    fields[name] = before === undefined ? value : [before, value].flat();
  }
  return { method, target: rest.slice(0, -1).join(" "), fields, content: octets.subarray(cut + 4) };
}

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Connections that begin as HTTP/2 does, and go on with frames of any kind, some of them known to hurt (RFC 9113, 6; RFC 7541). */
export const frames: fc.Arbitrary<Buffer> = fc
  .tuple(fc.array(fc.oneof(anyFrame(), knownFrames()), { minLength: 1, maxLength: 12 }), fc.boolean())
  .map(([all, isPolite]) => Buffer.concat([preface, ...(isPolite ? [frame(4, 0, 0, [])] : []), ...all]));

function frame(type: number, flags: number, stream: number, payload: readonly number[]): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([head, Buffer.from(payload)]);
}

function anyFrame(): fc.Arbitrary<Buffer> {
  const stream = fc.oneof(fc.nat(9), fc.constantFrom(0x7fffffff, 0x80000001, 0xffffffff));
  const payload = fc.array(fc.nat(255), { maxLength: 60 });
  return fc.tuple(fc.nat(12), fc.nat(255), stream, payload).map(([...one]) => frame(...one));
}

function knownFrames(): fc.Arbitrary<Buffer> {
  // GET, http, /, and an authority: from the static table of HPACK, and a literal.
  const get = [0x82, 0x86, 0x84, 0x41, 1, 97];
  return fc.constantFrom(
    frame(1, 5, 1, get),
    Buffer.concat([frame(1, 5, 1, get), frame(3, 0, 1, [0, 0, 0, 8])]),
    Buffer.concat(
      Array.from({ length: 50 }, (_, at) =>
        Buffer.concat([frame(1, 5, 2 * at + 1, get), frame(3, 0, 2 * at + 1, [0, 0, 0, 8])]),
      ),
    ),
    Buffer.concat([frame(1, 1, 1, get), ...Array.from({ length: 100 }, () => frame(9, 0, 1, [0x40, 1, 97, 1, 98]))]),
    Buffer.concat(Array.from({ length: 100 }, () => frame(4, 0, 0, [0, 3, 0, 0, 0, 1]))),
    Buffer.concat(Array.from({ length: 100 }, () => frame(6, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]))),
    frame(8, 0, 0, [0, 0, 0, 0]),
    frame(8, 0, 0, [0x7f, 0xff, 0xff, 0xff]),
    frame(1, 5, 1, [0x3f, 0xff, 0xff, 0xff, 0xff, 0xff]),
    frame(1, 5, 1, [...get, 0x40, 10, ..."connection".split("").map((one) => one.charCodeAt(0)), 1, 97]),
    frame(1, 5, 1, [0x82, 0x82, ...get]),
    frame(1, 5, 1, [...get, 0x40, 1, 13, 1, 10]),
    frame(1, 4, 1, get),
    frame(
      0,
      1,
      1,
      Array.from({ length: 200 }, () => 97),
    ),
    frame(0, 8, 1, [255, 97]),
    frame(5, 4, 1, [0, 0, 0, 2, ...get]),
  );
}
