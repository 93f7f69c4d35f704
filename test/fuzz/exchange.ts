import { connect } from "node:net";

/** What came back for some octets. */
export interface Outcome {
  /** Of every answer, in order. */
  readonly statuses: readonly number[];
  /** Whether the server has ended the connection in time. */
  readonly ended: boolean;
  readonly text: string;
}

/** How long nothing may happen, in milliseconds, before the client ends its own side: more will not come. */
const idle = 100;

/**
 * Writes octets to a new connection, and reads until the server ends it. A server that still waits when the client has ended its side, or
 * never comes to an end of its own, has hung.
 */
export function converse(port: number, octets: Uint8Array, deadline: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1");
    const end = (ended: boolean) => {
      clearTimeout(limit);
      clearTimeout(pause);
      socket.destroy();
      const text = Buffer.concat(chunks).toString("latin1");
      const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
      resolve({ statuses, ended, text });
    };
    const limit = setTimeout(() => end(false), deadline);
    const pause = setTimeout(() => socket.end(), idle);
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      pause.refresh();
    });
    socket.on("error", () => end(true));
    socket.on("close", () => end(true));
    socket.write(octets);
  });
}
