import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

/** A proxy that opens tunnels (RFC 9110, 9.3.6), and remembers what it was asked for. */
export interface TunnelProxy {
  readonly url: string;
  readonly asked: readonly { readonly target: string; readonly authorization: string | undefined }[];
  readonly close: () => Promise<void>;
}

/**
 * Starts one on loopback.
 * @param lead Where a tunnel really leads: an honest proxy goes where it was asked to, an attacker's goes elsewhere.
 */
export async function startProxy(
  lead: (target: string) => number = (target) => Number(target.split(":")[1]),
  tls?: { readonly cert: string; readonly key: string },
): Promise<TunnelProxy> {
  const asked: { target: string; authorization: string | undefined }[] = [];
  const sockets = new Set<Duplex>();
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    const target = request.url ?? "";
    asked.push({ target, authorization: request.headers["proxy-authorization"] });
    const onward = connect(lead(target), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on("error", () => one.destroy());
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `${tls === undefined ? "http" : "https"}://localhost:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      });
    },
  };
}
